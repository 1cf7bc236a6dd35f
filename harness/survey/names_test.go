package survey

import (
	"path/filepath"
	"slices"
	"testing"
)

// TestHostsOfManyLanguages reads the names by which clients call a gateway, also those of one label, from lines as they
// stand in the configurations of several gateways.
func TestHostsOfManyLanguages(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"server_name intranet wiki.example.com;":                 {"intranet", "wiki.example.com"},
		"server_name intranet\n  wiki\n  .example.com;\nroot x;": {"intranet", "wiki", "any.example.com"},
		"server_name ~^(?<user>[a-z]+)\\.example\\.com$;":        {"a.example.com"},
		"server_name mail.*;":                                    {"mail.gateway.test"},
		"  ServerName intranet\n  ServerAlias wiki":              {"intranet", "wiki"},
		"<VirtualHost *:80>\n  ServerName intranet:80":           {"intranet"},
		"acl a hdr(host) -i intranet":                            {"intranet"},
		"acl a req.hdr(host),field(1,:) intranet":                {"intranet"},
		"acl a hdr_beg(host) -i intranet.":                       {"intranet.gateway.test"},
		"acl a hdr_end(host) -i .example.com":                    {"any.example.com"},
		`domains: ["intranet", "intranet:*"]`:                    {"intranet"},
		"domains:\n  - intranet\n  - \"wiki:8080\"\nroutes: []":  {"intranet", "wiki"},
		"rule: \"Host(`intranet`) && PathPrefix(`/v1`)\"":        {"intranet"},
		"rule: Host(`a.example.com`) || Host(`intranet`)":        {"intranet", "a.example.com"},
		"rule: HostRegexp(`^[a-z]+\\.example\\.com$`)":           {"a.example.com"},
		"intranet, http://wiki:8080 {\n":                         {"intranet", "wiki"},
		"http://{$SHOP}:8080 {\n":                                {"shop"},
		"http://{$OTHER:intranet}:8080 {\n":                      {"intranet"},
		"@wiki host wiki\n":                                      {"wiki"},
		`$HTTP["host"] == "intranet" {`:                          {"intranet"},
		`if (req.http.host ~ "^intranet(:\d+)?$") {`:             {"intranet"},
		`if (req.http.host == "intranet") {`:                     {"intranet"},
		"hosts:\n  \"intranet:80\":\n    paths:\n":               {"intranet"},
		"Define SITE intranet\nServerName ${SITE}":               {"intranet"},
		"proxy_pass http://10.1.1.1;\nserver app:80;":            nil,
		"acl canary req.cook(release) -m str next":               nil,
		"proxy_pass http://db.internal:80;\nserver_name wiki;":   {"wiki", "db.internal"},
	} {
		file := filepath.Join(folder(t, map[string]string{"main.conf": text}), "main.conf")
		w := readWords([]string{"gateway", file}, filepath.Dir(file), []string{"SHOP=shop"}, mostWords)
		for _, host := range want {
			if !slices.Contains(w.hosts, host) {
				t.Errorf("%q: got %q, want %q in it", text, w.hosts, host)
			}
		}
		if want == nil && len(w.hosts) > 0 {
			t.Errorf("%q: got %q, want none", text, w.hosts)
		}
	}
}

// TestNamedHosts tells the names of which a configuration says that clients call the gateway by them from words that
// look the same: of files, and of types.
func TestNamedHosts(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"server_name wiki;\nauth_basic_user_file staff.htpasswd;": {"wiki"},
		"shop.example.com be_shop\nwww.example.com be_web\n":      {"shop.example.com", "www.example.com"},
		"map $host $to {\n  shop.example.com be_shop;\n}\n":       {"shop.example.com"},
		"- name: envoy.filters.http.router\n":                     nil,
		"proxy_set_header Host app.internal.net;\n":               nil,
		"server_name grafana.*;":                                  {"grafana.gateway.test"},
		"server.port = 80\nserver.modules += ( \"mod_proxy\" )\n": nil,
		"http {\n  server {\n":                                    nil,
		"else {\n":                                                nil,
		`url.redirect = ( "" => "https://${url.authority}/" )`:    nil,
		"wiki {\n": {"wiki"},
		"use_backend a if { req.ssl_sni -i a.example.com }\n":    {"a.example.com"},
		"use_backend a if { req_ssl_sni -m end .example.com }\n": {"any.example.com"},
		"rule: Host(`a.example.com`) && Method(`POST`)\n":        {"a.example.com"},
		"rule: HostSNI(`*`), service: git, tls: {}\n":            nil,
		`domains: ["*"], routes: [{match: {prefix: "/"}}]`:       nil,
	} {
		file := filepath.Join(folder(t, map[string]string{"main.conf": text}), "main.conf")
		if w := readWords([]string{"gateway", file}, filepath.Dir(file), nil, mostWords); !slices.Equal(w.named, want) {
			t.Errorf("%q: got %q, want %q", text, w.named, want)
		}
	}
}

// TestExamplesOfPatterns makes what matches.
func TestExamplesOfPatterns(t *testing.T) {
	t.Parallel()
	for line, want := range map[string][]string{
		"location ~ ^/v[0-9]+/orders/[0-9]+$ {":            {"/v1/orders/1"},
		"location ~* ^/(api|auth)/(.*)$ {":                 {"/api/", "/auth/"},
		`location ~ \.php$ {`:                              {"/index.php"},
		`location ~ ^/(?!admin)[a-z]{3}/x {`:               {"/aaa/x"},
		"rule: PathRegexp(`^/v[0-9]+/`)":                   {"/v1/"},
		`safe_regex: { regex: "/users/[^/]+/photo" }`:      {"/users/a/photo"},
		`acl a path_reg ^/v\d+/(?:list|get)`:               {"/v1/get", "/v1/list"},
		`ProxyPassMatch "^/v([0-9]+)/(.*)$" "http://a/$2"`: {"/v1/"},
		`RewriteRule ^/?shop/(\w+)$ http://a/$1 [P]`:       {"/shop/a"},
		"handle /api/*/orders {":                           {"/api/a/orders"},
		`$HTTP["url"] =~ "^/(shop)/" {`:                    {"/shop/"},
		`if (req.url ~ "^/v[12]/") {`:                      {"/v1/"},
		`$HTTP["url"] =~ "^/RPC2" {`:                       {"/RPC2"},
		"location ~ (?i)^/Api {":                           {"/api"},
		"proxy_pass http://app/$1;":                        nil,
		"log_format main '$remote_addr [$time]';":          nil,
	} {
		got := []string{}
		for _, pattern := range patternsOf(line) {
			paths, _ := pathsAndHosts(pattern)
			got = append(got, paths...)
		}
		if !slices.Equal(got, want) && len(got)+len(want) > 0 {
			t.Errorf("%q: got %q of %q, want %q", line, got, patternsOf(line), want)
		}
	}
}
