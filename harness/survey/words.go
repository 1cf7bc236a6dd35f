package survey

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/gatequake/gatequake/harness/foreign"
)

// words are what a configuration mentions, whatever its language.
type words struct {
	files       []string // that were read
	authorities []string // files with certificates of authorities
	sockets     []string // paths that read like Unix sockets
	hosts       []string // names by which clients may call the gateway, the likely ones first
	named       []string // those of which the configuration says so
	paths       []string // that read like those of URLs, or are examples of patterns for them
	checked     []string // those of them by which the gateway asks whether an upstream is well
	text        string   // all of them, and the command
	parts       []string // of patterns that have examples among the paths; they may read like paths
	// code is the text without comments, with the values of its placeholders.
	code string
	// near are the paths that stand behind each host, before the next.
	near map[string][]string
	// said is what stands at each path of each host, up to the end of its block.
	said map[place]string
	// cut is why the search ended before it was through, or "".
	cut string
	// large are files that were not read because they are too large.
	large []string

	filler  filler
	others  []string // hosts that are rather upstreams
	current []string // the hosts that were named last
	block   block    // of the path that was named last
	before  string   // the line before
	folders []string // of the configuration: patterns and folders lead to files nowhere else
	most    bounds
	until   time.Time
}

// bounds are on what is read.
type bounds struct {
	files int
	bytes int64 // of all files together
	time  time.Duration
}

// mostWords bounds a search: a configuration that exceeds it is not one that a person keeps.
var mostWords = bounds{files: 300, bytes: 16 << 20, time: 5 * time.Second}

// Bounds on what is kept of what was read.
const (
	maxPaths = 60
	maxHosts = 40
	// maxEntries bounds the folders that are listed.
	maxEntries = 1000
)

// defaultConfigs are the files that gateways read when nobody names one.
var defaultConfigs = map[string]string{
	"nginx":      "/etc/nginx/nginx.conf",
	"haproxy":    "/etc/haproxy/haproxy.cfg",
	"apache2":    "/etc/apache2/apache2.conf",
	"apache2ctl": "/etc/apache2/apache2.conf",
	"apachectl":  "/etc/apache2/apache2.conf",
	"httpd":      "/etc/httpd/conf/httpd.conf",
	"caddy":      "Caddyfile",
	"traefik":    "/etc/traefik/traefik.yml",
	"varnishd":   "/etc/varnish/default.vcl",
	"envoy":      "/etc/envoy/envoy.yaml",
}

var (
	separators = regexp.MustCompile("[\\s\"'`;,{}()\\[\\]=<>|]+")
	hostWord   = regexp.MustCompile(`^(\*\.)?([a-z0-9-]+\.)+[a-z]{2,}$`)
	pathWord   = regexp.MustCompile(`^/[A-Za-z0-9_.~-]*(/[A-Za-z0-9_.~-]+)*/?$`)
	socketWord = regexp.MustCompile(`\.sock(et)?$`)
	// socketMark is how a word says that a path is a socket's, whatever its name and whatever stands before and behind it:
	// unix:/run/app, http://unix:/run/app.sock:/uri, proxy:unix:/run/fpm, unix//run/app, unix+h2c//run/app, unix@/run/app.
	socketMark = regexp.MustCompile(`\bunix(?:\+h2c)?(?:[:@](?://)?|/)(/[^:$]+)`)
	// filePath is a path below a folder of the machine that holds what programs read and write; a URL's may begin so, but
	// a configuration has hundreds of those of files for one of such a URL.
	filePath = regexp.MustCompile(`^/(?:dev|etc|lib|mnt|opt|proc|run|srv|sys|tmp|usr|var)/.|^/home/[^/]+/.`)
	// fileEndings are of files, and of no host.
	fileEndings = regexp.MustCompile(`\.(conf|cfg|cnf|ini|inc|ya?ml|json|toml|pem|crt|cer|key|csr|pub|log|pid|sock|` +
		`html?|css|js|png|ico|svg|gif|jpe?g|php|txt|lua|so|vcl|map|lst|list|hdr|acl|d|default|types|tmpl|local)$`)
	// settings are of files that hold settings.
	settings = regexp.MustCompile(`(\.(conf|cfg|ya?ml|json|toml|inc|vhost|load|vcl|caddy|map|list|lst|hdr)|` +
		`/Caddyfile[^/]*|/[A-Za-z0-9_-]+)$`)
)

// readWords collects the words of the files that the command's own words lead to. The gateway gets the variables.
func readWords(command []string, dir string, env []string, most bounds) words {
	w := words{
		text: strings.Join(command, " "), filler: newFiller(env), near: map[string][]string{}, said: map[place]string{},
		most: most, until: time.Now().Add(most.time),
	}
	w.own(dir)
	w.filler.learnWords(command)
	queue := w.ofCommand(command[1:], dir)
	if len(queue) == 0 {
		queue = w.found(defaultConfigs[filepath.Base(command[0])], dir)
	}
	bytesLeft := most.bytes
	for len(queue) > 0 && w.more(bytesLeft) {
		file := queue[0]
		queue = queue[1:]
		if slices.Contains(w.files, file) {
			continue
		}
		text, err := foreign.Read(file, foreign.MostWritten)
		if errors.Is(err, foreign.ErrTooLarge) {
			addOnce(&w.large, file, maxHosts)
		}
		if err != nil || bytes.IndexByte(text, 0) >= 0 {
			continue
		}
		bytesLeft -= int64(len(text))
		w.files = append(w.files, file)
		w.text += "\n" + string(text)
		w.own(filepath.Dir(file))
		w.filler.learn(string(text))
		queue = append(queue, w.take(string(text), filepath.Dir(file), dir)...)
	}
	for _, host := range w.others {
		addOnce(&w.hosts, host, maxHosts)
	}
	if w.cut == "" && w.late() { // Within a file, or before the first.
		w.cut = fmt.Sprintf("after %s", most.time)
	}
	return w
}

// ofCommand lists the files that the words of a command lead to. A folder in which a file is that the command names is
// where the gateway begins its paths (nginx -p); what else is in it may be another configuration.
func (w *words) ofCommand(command []string, dir string) []string {
	files, folders := []string{}, []string{}
	for _, word := range command {
		for _, part := range append(separators.Split(word, -1), word) {
			if found := w.found(part, dir); len(found) == 1 && found[0] == pathIn(dir, part) {
				files = append(files, found[0])
			} else if len(found) > 0 {
				folders = append(folders, part)
			}
		}
	}
	for _, part := range folders {
		folder := pathIn(dir, part) + "/"
		if !slices.ContainsFunc(files, func(f string) bool { return strings.HasPrefix(f, folder) }) {
			files = append(files, w.found(part, dir)...)
		}
	}
	return files
}

// pathIn is the path of the word, which may begin in the folder.
func pathIn(dir, word string) string {
	if filepath.IsAbs(word) {
		return filepath.Clean(word)
	}
	return filepath.Join(dir, word)
}

// own notes a folder of the configuration.
func (w *words) own(folder string) {
	if folder != "/" {
		addOnce(&w.folders, folder, w.most.files)
	}
}

// more reports whether there is room for another file, and notes if there is not.
func (w *words) more(bytesLeft int64) bool {
	switch {
	case len(w.files) >= w.most.files:
		w.cut = fmt.Sprintf("after %d files", w.most.files)
	case bytesLeft <= 0:
		w.cut = fmt.Sprintf("after %d MiB", w.most.bytes>>20)
	case w.late():
		w.cut = fmt.Sprintf("after %s", w.most.time)
	}
	return w.cut == ""
}

func (w *words) late() bool { return time.Now().After(w.until) }

// take notes the words of one file, and returns the files that they lead to.
func (w *words) take(text, here, dir string) (files []string) {
	marked := false
	w.current, w.block, w.before = nil, block{}, ""
	for line := range strings.Lines(text) {
		if w.late() {
			break
		}
		if strings.HasPrefix(strings.TrimSpace(line), "#") {
			continue
		}
		line = w.filler.fill(line)
		before := len(w.paths)
		w.code += line
		w.takeHosts(line, marked)
		marked = continues(line, marked)
		plain := line
		if strings.HasPrefix(strings.TrimSpace(line), "</") {
			plain = "" // The end of a tag is no path.
		}
		for _, word := range separators.Split(plain, -1) {
			socket := socketMark.FindStringSubmatch(word)
			switch {
			case socket != nil:
				addOnce(&w.sockets, filepath.Clean(socket[1]), maxHosts)
			case word == "" || len(word) > 200 || hostWord.MatchString(word) && !fileEndings.MatchString(word):
			case socketWord.MatchString(word) && strings.HasPrefix(word, "/"):
				addOnce(&w.sockets, word, maxHosts)
			default:
				files = append(files, w.path(word, here, dir)...)
			}
		}
		w.takePatterns(line)
		w.noteChecked(line, before)
		w.say(line)
		if strings.TrimSpace(line) != "" {
			w.before = line
		}
	}
	return files
}

// takeHosts notes the line's hosts; marked tells whether it goes on with a list of them.
func (w *words) takeHosts(line string, marked bool) {
	named, hosts, others := hostsIn(line, marked)
	w.nameHosts(marked, hosts...)
	for _, host := range named {
		addOnce(&w.named, host, maxHosts)
	}
	for _, host := range others {
		addOnce(&w.others, host, maxHosts)
	}
}

// nameHosts notes hosts, and that the paths behind them are theirs, and those of the hosts before them where the same
// list goes on.
func (w *words) nameHosts(sameList bool, hosts ...string) {
	if len(hosts) > 0 && !sameList {
		w.current = nil
	}
	for _, host := range hosts {
		addOnce(&w.hosts, host, maxHosts)
		addOnce(&w.current, host, maxHosts)
	}
}

// takePatterns notes examples of the line's patterns.
func (w *words) takePatterns(line string) {
	for _, pattern := range patternsOf(line) {
		paths, hosts := pathsAndHosts(pattern)
		w.nameHosts(false, hosts...)
		if len(paths) > 0 {
			for _, part := range separators.Split(pattern, -1) {
				w.parts = append(w.parts, strings.TrimRight(strings.TrimPrefix(part, "^"), "*$"))
			}
		}
		for _, path := range paths {
			named := !fileEndings.MatchString(path) || strings.Contains(pattern, `\.`)
			if named && !filePath.MatchString(path) && strings.Trim(path, "/.") != "" {
				w.notePath(path)
			}
		}
	}
}

// notePath notes a path, which belongs to the hosts that were named last.
func (w *words) notePath(path string) {
	addOnce(&w.paths, path, maxPaths)
	w.block.named = path
	for _, host := range w.current {
		near := w.near[host]
		addOnce(&near, path, maxPaths)
		w.near[host] = near
	}
}

// path notes a word that may be a path, and returns the files of settings that it leads to.
func (w *words) path(word, here, dir string) (files []string) {
	found := []string{}
	for _, base := range []string{here, dir, filepath.Dir(here)} {
		if found = w.found(word, base); len(found) > 0 {
			break
		}
	}
	for _, f := range found {
		if authority(f) {
			addOnce(&w.authorities, f, maxHosts)
		} else if settings.MatchString(f) && !strings.HasPrefix(f, "/usr/") && !strings.HasPrefix(f, "/var/log/") {
			files = append(files, f)
		}
	}
	path := strings.TrimRight(strings.TrimPrefix(word, "^"), "*$")
	if len(found) == 0 && pathWord.MatchString(path) && !fileEndings.MatchString(path) && !filePath.MatchString(path) {
		if info, err := os.Stat(path); err != nil || path == "/" || !info.IsDir() {
			w.notePath(path)
		}
	}
	return files
}

// found lists the files that a word leads to: a file, wherever it is; or, in the configuration's own folders, those of
// a folder, or those that match a pattern. A pattern such as /srv/sites/*.conf makes its folder one of them.
func (w *words) found(word, base string) []string {
	// A star alone stands for hosts, methods and much else, and not for every file of the folder.
	if word == "" || word == "." || word == ".." || word == "*" || strings.HasPrefix(word, "-") || w.late() {
		return nil
	}
	if !filepath.IsAbs(word) {
		word = filepath.Join(base, word)
	}
	word = filepath.Clean(word)
	if info, err := os.Stat(word); err == nil {
		switch {
		case info.Mode().IsRegular():
			return []string{word}
		case info.IsDir() && w.within(word):
			return list(word, "*", settings.MatchString)
		}
		return nil
	}
	const wild = "*?["
	if !strings.ContainsAny(word, wild) {
		return nil
	}
	folder, pattern := filepath.Split(word)
	folder = filepath.Clean(folder)
	every := func(string) bool { return true }
	if !strings.ContainsAny(folder, wild) {
		if w.within(folder) || strings.HasPrefix(pattern, "*.") && settings.MatchString(pattern) {
			return list(folder, pattern, every)
		}
		return nil
	}
	above, middle := filepath.Split(folder) // As in sites/*/vhost.conf.
	if above = filepath.Clean(above); strings.ContainsAny(above, wild) || !w.within(above) {
		return nil
	}
	files := []string{}
	for _, e := range entriesOf(above) {
		if ok, err := filepath.Match(middle, e.Name()); err == nil && ok && e.IsDir() {
			files = append(files, list(filepath.Join(above, e.Name()), pattern, every)...)
		}
	}
	return files
}

// within reports whether the folder is one of the configuration's, or below one.
func (w *words) within(folder string) bool {
	return slices.ContainsFunc(w.folders, func(own string) bool {
		return folder == own || strings.HasPrefix(folder, own+"/")
	})
}

// list returns the regular files of a folder whose names match the pattern, and whose paths are wanted.
func list(folder, pattern string, wanted func(path string) bool) []string {
	files := []string{}
	for _, e := range entriesOf(folder) {
		path := filepath.Join(folder, e.Name())
		if ok, err := filepath.Match(pattern, e.Name()); err != nil || !ok || !wanted(path) {
			continue
		}
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			files = append(files, path)
		}
	}
	return files
}

// entriesOf lists a folder, sorted, and no more than maxEntries of it.
func entriesOf(folder string) []os.DirEntry {
	f, err := os.Open(folder)
	if err != nil {
		return nil
	}
	defer func() { _ = f.Close() }()
	all, _ := f.ReadDir(maxEntries) // What there is of a folder that cannot be read to its end.
	slices.SortFunc(all, func(a, b os.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return all
}

func addOnce(to *[]string, word string, most int) {
	if len(*to) < most && !slices.Contains(*to, word) {
		*to = append(*to, word)
	}
}

// authority reports whether the file holds the certificate of an authority, and no key.
func authority(file string) bool {
	text, err := foreign.Read(file, foreign.MostBundle)
	if err != nil || bytes.Contains(text, []byte("PRIVATE KEY")) {
		return false
	}
	block, _ := pem.Decode(text)
	if block == nil || block.Type != "CERTIFICATE" {
		return false
	}
	c, err := x509.ParseCertificate(block.Bytes)
	return err == nil && c.IsCA
}
