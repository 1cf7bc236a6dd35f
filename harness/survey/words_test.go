package survey

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// folder writes the files below a folder of the test's own and returns it.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// readSoon reads the words, and fails the test if that takes as long as a search without bounds does. The bound on time
// is far away: a machine that is late reads what others read, so that the other bounds are what is seen.
func readSoon(t *testing.T, command []string, dir string) words {
	t.Helper()
	most := mostWords
	most.time = time.Minute
	w := readWords(command, dir, nil, most)
	if w.late() {
		t.Errorf("took more than %s, want a few seconds at most", most.time)
	}
	return w
}

func TestWordsAreOfOrdinaryFilesOnly(t *testing.T) {
	t.Parallel()
	dir := folder(t, map[string]string{
		"main.conf": "include big.conf;\ninclude pipe.conf;\ninclude /proc/self/pagemap;\ninclude zero.conf;\n" +
			"trusted big.pem;\ninclude small.conf;\n",
		"small.conf": "server_name small.example.test;\n",
		"big.conf":   "", "big.pem": "",
	})
	for _, big := range []string{"big.conf", "big.pem"} {
		if err := os.Truncate(filepath.Join(dir, big), 1500<<20); err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe.conf"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/dev/zero", filepath.Join(dir, "zero.conf")); err != nil {
		t.Fatal(err)
	}
	w := readSoon(t, []string{"gateway", "main.conf", "/proc/self/pagemap"}, dir)
	want := []string{filepath.Join(dir, "main.conf"), filepath.Join(dir, "small.conf")}
	if !slices.Equal(w.files, want) || !slices.Contains(w.hosts, "small.example.test") || w.cut != "" {
		t.Errorf("got the files %q and the hosts %q, cut %q, want %q and no more", w.files, w.hosts, w.cut, want)
	}
	if !slices.Equal(w.large, []string{filepath.Join(dir, "big.conf")}) {
		t.Errorf("got %q as too large, want big.conf", w.large)
	}
}

// TestFoldersOfACommand reads every file of a folder that the command names, but not those beside a file that it names,
// too: there the folder is where paths begin.
func TestFoldersOfACommand(t *testing.T) {
	t.Parallel()
	dir := folder(t, map[string]string{
		"base.conf": "x\n", "other.conf": "y\n", "more/a.conf": "z\n", "more/b.conf": "z\n",
	})
	for command, want := range map[string][]string{
		"gateway -p " + dir + " -c " + dir + "/base.conf": {"base.conf"},
		"gateway -p . -c base.conf":                       {"base.conf"},
		"gateway -f base.conf -f more":                    {"base.conf", "more/a.conf", "more/b.conf"},
		"gateway -f more/":                                {"more/a.conf", "more/b.conf"},
	} {
		for i := range want {
			want[i] = filepath.Join(dir, want[i])
		}
		if w := readSoon(t, strings.Fields(command), dir); !slices.Equal(w.files, want) {
			t.Errorf("%s: got %q, want %q", command, w.files, want)
		}
	}
}

func TestWordsStayInTheConfigurationsFolders(t *testing.T) {
	t.Parallel()
	dir := folder(t, map[string]string{
		"etc/main.conf": "include sites/*.conf\ninclude vhosts/*/site.conf\ninclude more\ninclude " +
			"OTHER/*.conf\n",
		"etc/sites/a.conf":       "a.example.test",
		"etc/vhosts/b/site.conf": "b.example.test",
		"etc/more/c.conf":        "c.example.test",
		"other/d.conf":           "d.example.test",
		"other/private":          "e.example.test",
		"beside/f.conf":          "f.example.test",
	})
	main := filepath.Join(dir, "etc/main.conf")
	text, err := os.ReadFile(main)
	if err != nil {
		t.Fatal(err)
	}
	outside := strings.ReplaceAll(string(text), "OTHER", filepath.Join(dir, "other"))
	for _, word := range []string{
		"other", "beside", "other/*", "/", "/*", "/*/*", "bin", "/bin", "/bin/*",
		"/usr/bin/*", "*/f.conf", "/proc/*", "/dev/*", "/sys/*/*",
	} {
		outside += word + " " + filepath.Join(dir, word) + "\n"
	}
	if err := os.WriteFile(main, []byte(outside), 0o644); err != nil {
		t.Fatal(err)
	}
	w := readSoon(t, []string{"gateway", main}, filepath.Join(dir, "etc"))
	want := []string{}
	for _, file := range []string{
		"etc/main.conf", "etc/sites/a.conf", "etc/vhosts/b/site.conf", "etc/more/c.conf",
		"other/d.conf",
	} {
		want = append(want, filepath.Join(dir, file))
	}
	if !slices.Equal(w.files, want) {
		t.Errorf("got %q, want %q", w.files, want)
	}
	// What is looked for above a file of /etc stands at the root.
	for _, word := range []string{"bin", "*", "usr", "lib", "home", "proc"} {
		if got := w.found(word, "/"); len(got) > 0 {
			t.Errorf("%s: got %q, want nothing: the root is no folder of a configuration", word, got)
		}
	}
}

func TestSearchForWordsThatIsCutShortSaysSo(t *testing.T) {
	t.Parallel()
	files := map[string]string{"main.conf": "include sites/*.conf\n"}
	for i := range mostWords.files + 5 {
		files[fmt.Sprintf("sites/%d.conf", i)] = "x"
	}
	w := readSoon(t, []string{"gateway", "main.conf"}, folder(t, files))
	if w.cut != fmt.Sprintf("after %d files", mostWords.files) || len(w.files) != mostWords.files {
		t.Errorf("got %d files, cut %q, want %d", len(w.files), w.cut, mostWords.files)
	}
	files = map[string]string{"main.conf": "include sites/*.conf\n"}
	for i := range 20 {
		files[fmt.Sprintf("sites/%d.conf", i)] = "# " + strings.Repeat("-", 1000<<10)
	}
	w = readSoon(t, []string{"gateway", "main.conf"}, folder(t, files))
	if w.cut != fmt.Sprintf("after %d MiB", mostWords.bytes>>20) {
		t.Errorf("got %d files, cut %q, want that it says after how many bytes", len(w.files), w.cut)
	}
}

func TestSearchForWordsEndsWithItsTime(t *testing.T) {
	t.Parallel()
	most := mostWords
	most.time = 0
	w := readWords([]string{"gateway", "main.conf"}, folder(t, map[string]string{"main.conf": "a.example.test"}), nil, most)
	if len(w.files) > 0 || w.cut != "after 0s" {
		t.Errorf("got %q, cut %q, want nothing, and that it says so: there is no time", w.files, w.cut)
	}
}

// TestSocketsOfManyLanguages reads the sockets of upstreams, whatever their names and whatever stands around them.
func TestSocketsOfManyLanguages(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"server unix:/run/app.sock fail_timeout=0;":                        "/run/app.sock",
		"server 'unix:/srv/git/sockets/socket' fail_timeout=0;":            "/srv/git/sockets/socket",
		"proxy_pass http://unix:/run/app.sock;":                            "/run/app.sock",
		"proxy_pass http://unix:/run/app:/uri/;":                           "/run/app",
		"uwsgi_pass unix:///run/uwsgi/app.socket;":                         "/run/uwsgi/app.socket",
		`SetHandler "proxy:unix:/run/php/fpm.sock|fcgi://localhost/"`:      "/run/php/fpm.sock",
		`ProxyPass "/" "unix:/run/app|http://app/"`:                        "/run/app",
		"reverse_proxy unix//run/app":                                      "/run/app",
		"reverse_proxy unix+h2c//run/app.sock":                             "/run/app.sock",
		"server app unix@/run/app check":                                   "/run/app",
		`proxy.server = ( "" => (( "socket" => "/run/gitea/app.sock" )) )`: "/run/gitea/app.sock",
		"root /var/unix/pages;":                                            "",
	} {
		dir := folder(t, map[string]string{"main.conf": line + "\n"})
		w := readSoon(t, []string{"gateway", filepath.Join(dir, "main.conf")}, dir)
		if got := strings.Join(w.sockets, " "); got != want {
			t.Errorf("%s: got %q, want %q", line, got, want)
		}
	}
}

// TestPathsOfFilesAreNoneOfURLs tells paths that clients may ask for from those of the machine's own files.
func TestPathsOfFilesAreNoneOfURLs(t *testing.T) {
	t.Parallel()
	dir := folder(t, map[string]string{"main.conf": `
		root /var/www/cloud;
		proxy_cache_path /tmp/cache keys_zone=a:1m;
		error_log /dev/stderr;
		root /home/deploy/app/public;
		include /opt/edge/sites/*;
		location /homes/ { }
		location /running/late { }
		location ~ ^/users/([0-9]+)/avatar$ { }
		location ~* /\.(?!well-known/) { }
	`})
	w := readSoon(t, []string{"gateway", filepath.Join(dir, "main.conf")}, dir)
	asked := slices.DeleteFunc(w.paths, func(path string) bool { return slices.Contains(w.parts, path) })
	if want := []string{"/homes/", "/running/late", "/users/1/avatar"}; !slices.Equal(asked, want) {
		t.Errorf("got %q, want %q", asked, want)
	}
}
