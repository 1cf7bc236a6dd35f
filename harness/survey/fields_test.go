package survey

import (
	"slices"
	"testing"
)

// TestFieldsOfManyLanguages reads the fields by which several gateways choose an upstream, with a value of each.
func TestFieldsOfManyLanguages(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]field{
		"map $cookie_canary $pool { yes a; default b; }":                {cookieField, "canary", "yes"},
		"if ($http_x_canary = always) {":                                {headerField, "x-canary", "always"},
		"if ($arg_version = v2) {":                                      {queryField, "version", "v2"},
		"use_backend c if { req.hdr(X-Canary) -i always }":              {headerField, "X-Canary", "always"},
		"use_backend c if { req.cook(beta) -m str 1 }":                  {cookieField, "beta", "1"},
		"acl c urlp(version) -m str v2":                                 {queryField, "version", "v2"},
		"rule: \"Header(`X-Canary`, `always`)\"":                        {headerField, "X-Canary", "always"},
		"rule: HeaderRegexp(`Cookie`, `beta=[0-9]`)":                    {headerField, "Cookie", "beta=1"},
		"rule: Query(`version`, `v2`)":                                  {queryField, "version", "v2"},
		"  - name: x-canary\n    string_match: { exact: always }":       {headerField, "x-canary", "always"},
		"[ { name: \"x-canary\", exact_match: \"on\" } ]":               {headerField, "x-canary", "on"},
		"@canary header X-Canary always\n":                              {headerField, "X-Canary", "always"},
		"@beta header_regexp Cookie beta=1\n":                           {headerField, "Cookie", "beta=1"},
		"@arg query version=v2\n":                                       {queryField, "version", "v2"},
		`if (req.http.X-Canary == "always") {`:                          {headerField, "X-Canary", "always"},
		`if (req.http.Cookie ~ "beta=1") {`:                             {headerField, "Cookie", "beta=1"},
		`$HTTP["cookie"] =~ "beta=1" {`:                                 {headerField, "Cookie", "beta=1"},
		`$REQUEST_HEADER["X-Canary"] == "always" {`:                     {headerField, "X-Canary", "always"},
		`RewriteCond %{HTTP:X-Canary} ^always$`:                         {headerField, "X-Canary", "always"},
		`RewriteCond %{HTTP_COOKIE} beta=1`:                             {headerField, "Cookie", "beta=1"},
		"SetEnvIf X-Canary always canary":                               {headerField, "X-Canary", "always"},
		"acl canary req_header X-Canary always":                         {headerField, "X-Canary", "always"},
		"proxy_set_header X-Real-IP $http_x_forwarded_for;\ngzip on;\n": {},
	} {
		got := words{code: text}.fields()
		if want != (field{}) && !slices.Contains(got, want) {
			t.Errorf("%q: got %v, want %v in it", text, got, want)
		}
		if want == (field{}) && len(got) > 0 {
			t.Errorf("%q: got %v, want none", text, got)
		}
	}
}

// TestSourcesAreInTheNetworks picks clients from the networks that a configuration mentions.
func TestSourcesAreInTheNetworks(t *testing.T) {
	t.Parallel()
	w := words{code: "allow 10.20.0.0/16; allow 192.0.2.7; allow 127.0.0.1; deny all; 2001:db8:5::/48 0.0.0.0/0 " +
		"server 10.1.1.1:8080; \"172.20.0.0\"/16; allow 192.0.2.8/32;"}
	got := []string{}
	for _, a := range w.sources() {
		got = append(got, a.String())
	}
	want := []string{"10.20.0.10", "192.0.2.7", "2001:db8:5::a", "172.20.0.10", "192.0.2.8"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
