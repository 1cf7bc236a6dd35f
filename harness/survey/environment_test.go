package survey

import (
	"slices"
	"testing"
)

func TestMentionedVariables(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"reverse_proxy {$APP_HOST}:8080":                                {"APP_HOST"},
		"to {env.APP_HOST} # twice: {$APP_HOST}":                        {"APP_HOST"},
		`server a "${BACKEND}:80"` + "\n" + `server b "$OTHER_BACKEND"`: {"BACKEND", "OTHER_BACKEND"},
		"http-request set-header X %[env(HAPROXY_KEY)]":                 {"HAPROXY_KEY"},
		"env JAEGER_AGENT;\nproxy_set_header Host $host;":               {"JAEGER_AGENT"},
		"PassEnv APP_ROOT":                                                 {"APP_ROOT"},
		"http://$APP_HOST:8080":                                            {"APP_HOST"},
		"{$APP_HOST:app.internal} ${OTHER_HOST:-other}":                    nil,
		`$HTTP["host"] == "a"`:                                             nil,
		`set_by_lua $x 'return os.getenv("LUA_KEY")'`:                      {"LUA_KEY"},
		"export APACHE_LOG_DIR=/var/log\nErrorLog ${APACHE_LOG_DIR}/e":     nil,
		"Define SRVROOT \"/srv\"\nServerRoot ${SRVROOT}":                   nil,
		"log_format main '$remote_addr $http_x'; environment PROD is here": nil,
	} {
		if got := mentioned(text); !slices.Equal(got, want) {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
