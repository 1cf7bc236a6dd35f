package survey

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// words are what a configuration mentions, whatever its language.
type words struct {
	files       []string // that were read
	authorities []string // files with certificates of authorities
	sockets     []string // paths that read like Unix sockets
	hosts       []string // names that read like public ones
	paths       []string // that read like those of URLs
	text        string   // all of them, and the command
}

// Bounds on what is read: a configuration with more files than these is not one that a person keeps.
const (
	maxFiles    = 300
	maxFileSize = 1 << 20
	maxPaths    = 60
	maxHosts    = 20
)

// usual are the files that gateways read when nobody names one.
var usual = map[string]string{
	"nginx": "/etc/nginx/nginx.conf", "haproxy": "/etc/haproxy/haproxy.cfg", "apache2": "/etc/apache2/apache2.conf", "apache2ctl": "/etc/apache2/apache2.conf",
	"apachectl": "/etc/apache2/apache2.conf", "httpd": "/etc/httpd/conf/httpd.conf", "caddy": "Caddyfile", "traefik": "/etc/traefik/traefik.yml",
	"varnishd": "/etc/varnish/default.vcl", "envoy": "/etc/envoy/envoy.yaml",
}

var (
	separators = regexp.MustCompile("[\\s\"'`;,{}()\\[\\]=<>|]+")
	hostWord   = regexp.MustCompile(`^(\*\.)?([a-z0-9-]+\.)+[a-z]{2,}$`)
	pathWord   = regexp.MustCompile(`^/[A-Za-z0-9_.~-]*(/[A-Za-z0-9_.~-]+)*/?$`)
	socketWord = regexp.MustCompile(`\.sock(et)?$`)
	// endings are of files, and of no host.
	endings = regexp.MustCompile(`\.(conf|cfg|cnf|ini|inc|ya?ml|json|toml|pem|crt|cer|key|csr|pub|log|pid|sock|html?|css|js|png|ico|svg|gif|jpe?g|php|txt|lua|so|vcl|d|default|types|tmpl|local)$`)
	// settings are of files that hold settings.
	settings = regexp.MustCompile(`(\.(conf|cfg|ya?ml|json|toml|inc|vhost|load|types|vcl|caddy|map|list|lst|hdr)|/Caddyfile[^/]*|/[A-Za-z0-9_-]+)$`)
)

// read collects the words of the files that the command's own words lead to.
func read(command []string, dir string) words {
	w := words{text: strings.Join(command, " ")}
	queue := []string{}
	for _, word := range command[1:] {
		for _, part := range append(separators.Split(word, -1), word) {
			queue = append(queue, found(part, dir)...)
		}
	}
	if len(queue) == 0 {
		queue = found(usual[filepath.Base(command[0])], dir)
	}
	for len(queue) > 0 && len(w.files) < maxFiles {
		file := queue[0]
		queue = queue[1:]
		if slices.Contains(w.files, file) {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil || len(text) > maxFileSize || bytes.IndexByte(text, 0) >= 0 {
			continue
		}
		w.files = append(w.files, file)
		w.text += "\n" + string(text)
		queue = append(queue, w.take(string(text), filepath.Dir(file), dir)...)
	}
	return w
}

// take notes the words of one file, and returns the files that they lead to.
func (w *words) take(text, here, dir string) (files []string) {
	for line := range strings.Lines(text) {
		if strings.HasPrefix(strings.TrimSpace(line), "#") {
			continue
		}
		for _, word := range separators.Split(line, -1) {
			word = strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(word, "unix:"), "unix/"), "unix@")
			switch {
			case word == "" || len(word) > 200:
			case socketWord.MatchString(word) && strings.HasPrefix(word, "/"):
				add(&w.sockets, word, maxHosts)
			case hostWord.MatchString(word) && !endings.MatchString(word):
				add(&w.hosts, strings.Replace(word, "*.", "any.", 1), maxHosts)
			default:
				files = append(files, w.path(word, here, dir)...)
			}
		}
	}
	return files
}

// path notes a word that may be a path, and returns the files of settings that it leads to.
func (w *words) path(word, here, dir string) (files []string) {
	there := []string{}
	for _, base := range []string{here, dir, filepath.Dir(here)} {
		if there = found(word, base); len(there) > 0 {
			break
		}
	}
	for _, f := range there {
		if authority(f) {
			add(&w.authorities, f, maxHosts)
		} else if settings.MatchString(f) && !strings.HasPrefix(f, "/usr/") && !strings.HasPrefix(f, "/var/log/") {
			files = append(files, f)
		}
	}
	bare := strings.TrimRight(strings.TrimPrefix(word, "^"), "*$")
	if len(there) == 0 && pathWord.MatchString(bare) && !endings.MatchString(bare) {
		if info, err := os.Stat(bare); err != nil || bare == "/" || !info.IsDir() {
			add(&w.paths, bare, maxPaths)
		}
	}
	return files
}

// found lists the files that a word leads to: a file, those of a folder, or those that match a pattern. The root leads nowhere.
func found(word, base string) []string {
	if word == "" || word == "/" || word == "." || strings.HasPrefix(word, "-") {
		return nil
	}
	if !filepath.IsAbs(word) {
		word = filepath.Join(base, word)
	}
	matches, err := filepath.Glob(word)
	if err != nil {
		return nil
	}
	files := []string{}
	for _, m := range matches {
		info, err := os.Stat(m)
		switch {
		case err != nil:
		case info.Mode().IsRegular():
			files = append(files, m)
		case info.IsDir() && strings.HasPrefix(m, "/etc/") || info.IsDir() && strings.HasPrefix(m, base):
			inside, _ := filepath.Glob(filepath.Join(m, "*"))
			for _, f := range inside {
				if info, err := os.Stat(f); err == nil && info.Mode().IsRegular() && settings.MatchString(f) {
					files = append(files, f)
				}
			}
		}
	}
	return files
}

func add(to *[]string, word string, most int) {
	if len(*to) < most && !slices.Contains(*to, word) {
		*to = append(*to, word)
	}
}

// authority reports whether the file holds the certificate of an authority, and no key.
func authority(file string) bool {
	info, err := os.Stat(file)
	if err != nil || info.Size() > maxFileSize {
		return false
	}
	text, err := os.ReadFile(file)
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
