package survey

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/gatequake/gatequake/harness/upstream"
)

// StandIn is a file, or a folder, that the gateway did not find and does not start without, and what the survey has put
// in its place.
type StandIn struct {
	Path string `json:"path"`
	// Is says what is missing, As what stood in for it.
	Is string `json:"is"`
	As string `json:"as"`
}

// What stands in.
const (
	asFolder      = "an empty folder"
	asFile        = "an empty file"
	asPair        = "a certificate and a key of Gatequake's"
	asAuthorities = "the certificate of Gatequake's authority"
	asGroup       = "a group of Diffie-Hellman (RFC 7919)"
)

// mostStarts bounds how often a gateway is started that finds another file missing each time.
const mostStarts = 40

// startUp starts the gateway and waits until it listens. One that ends because something is missing is started again
// with stand-ins, so that all that is missing is known at once, and not by the next try of a tired reader's.
func (s *survey) startUp(ctx context.Context) error {
	for range mostStarts {
		with := ""
		if n := len(s.found.StandIns); n > 0 {
			with = ", with stand-ins for " + counted(n, "missing file", "missing files")
		}
		s.doing("waiting for %s to listen%s", filepath.Base(s.own.Command[0]), with)
		if err := s.start(ctx); err != nil {
			return err
		}
		err := s.listen(ctx)
		if err == nil || s.process.Dead() == "" || !s.standIn() {
			return err
		}
	}
	return s.failed("it ended at each of %d starts, and found something else missing each time", mostStarts)
}

// canStartAgain reports whether a gateway that ended before anything was found out may start with stand-ins, and
// forgets what was seen of it.
func (s *survey) canStartAgain() bool {
	if len(s.kept) > 0 || !s.standIn() {
		return false
	}
	s.own.Listeners, s.outcomes, s.lockedOut, s.special = nil, nil, nil, nil
	clear(s.silent)
	clear(s.roots)
	clear(s.both)
	return true
}

// standIn puts a stand-in into the place of each file and folder that the gateway, which has ended, did not find, and
// reports whether there was one that it may still start with.
func (s *survey) standIn() bool {
	before := len(s.found.StandIns)
	said := strings.Join(s.said(), "\n")
	folders := s.missing.Folders()
	for _, socket := range s.words.sockets {
		folders = append(folders, filepath.Dir(socket)) // Of what listens there no call tells that names the folder.
	}
	for _, folder := range folders {
		if strings.Contains(said, folder) || s.words.name(filepath.Base(folder)) {
			s.putFolder(folder)
		}
	}
	for _, path := range append(s.missing.Paths(), s.missing.Asked()...) {
		if strings.Contains(s.words.code, path+"/") {
			continue // It is a folder.
		}
		if _, err := os.Stat(path); err != nil && (strings.Contains(said, path) || s.words.name(filepath.Base(path))) {
			s.putFile(path)
		}
	}
	if len(s.found.StandIns) == before {
		for _, path := range s.belowMissing(said) {
			s.putFile(path)
		}
	}
	return len(s.found.StandIns) > before
}

// spokenPath is the path of a file as configurations and messages have it.
var spokenPath = regexp.MustCompile(`(?:^|[\s"'=:,({\[` + "`" + `])(/[\w.@+-]+(?:/[\w.@+-]+)+\.\w+)`)

// belowMissing lists the files that the configuration names below a folder that is not there, where the gateway, which
// has ended, speaks of one of them: some follow the links in a path first, and ask for nothing below a folder that is
// missing.
func (s *survey) belowMissing(said string) []string {
	all, spoken := []string{}, false
	for _, m := range spokenPath.FindAllStringSubmatch(s.words.code, -1) {
		_, err := os.Stat(filepath.Dir(m[1]))
		if errors.Is(err, fs.ErrNotExist) && !slices.Contains(all, m[1]) {
			all, spoken = append(all, m[1]), spoken || strings.Contains(said, m[1])
		}
	}
	if !spoken {
		return nil
	}
	return all
}

// putFolder makes a folder that is missing. What cannot be made, as where the machine's file system cannot be covered,
// stays missing.
func (s *survey) putFolder(folder string) {
	if _, err := os.Stat(folder); err == nil {
		return
	}
	if err := os.MkdirAll(folder, 0o755); err == nil {
		_ = os.Chmod(folder, 0o777) // Whoever the gateway runs as.
		s.found.StandIns = append(s.found.StandIns, StandIn{folder, "no such folder", asFolder})
	}
}

// notStoodFor are files of which no other will do: programs, and what is made while the gateway runs.
var notStoodFor = regexp.MustCompile(`\.(so|dll|pid|lock|sock|socket)(\.\d+)*$|/s?bin/[^/]+$`)

// putFile puts a stand-in into the place of the file, unless the command itself names it: then it is the configuration,
// of which nothing is known.
func (s *survey) putFile(path string) {
	named := slices.ContainsFunc(s.own.Command, func(word string) bool {
		return strings.HasSuffix(word, filepath.Base(path))
	})
	// A variable that has no value is no file, and where programs are looked for there is another one further on.
	if named || strings.Contains(path, "$") || notStoodFor.MatchString(path) ||
		slices.Contains(filepath.SplitList(os.Getenv("PATH")), filepath.Dir(path)) {
		return
	}
	is, folder := "no such file", filepath.Dir(path)
	if _, err := os.Stat(folder); err != nil {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return
		}
		s.made = append(s.made, folder)
	}
	if slices.Contains(s.made, folder) {
		is += ", nor its folder " + folder
	}
	as, text := s.instead(path)
	if err := os.WriteFile(path, text, 0o644); err == nil { // Whoever the gateway runs as reads it.
		s.found.StandIns = append(s.found.StandIns, StandIn{path, is, as})
	}
}

// What the names of files tell of what is in them.
var (
	groupFile       = regexp.MustCompile(`(?i)dh(param|4096|2048)?s?[^/]*\.pem$|dhparam`)
	authoritiesFile = regexp.MustCompile(
		`(?i)(^|[^a-z])(ca|cacert|cas|root|trust\w*|bundle|chain|authorit\w*)([^a-z][^/]*)?\.(pem|crt|cer|cert)$`)
	pairFile = regexp.MustCompile(`(?i)\.(pem|crt|cer|cert|key)$`)
)

// instead is what stands in for the file, by its name. One certificate and one key stand in for all, so that they
// belong together.
func (s *survey) instead(path string) (as string, text []byte) {
	name := filepath.Base(path)
	switch {
	case groupFile.MatchString(name):
		return asGroup, []byte(group)
	case authoritiesFile.MatchString(name) && !strings.HasPrefix(name, "fullchain"):
		return asAuthorities, s.authority.PEM()
	case pairFile.MatchString(name):
		if s.pair == nil {
			pair, err := s.authority.Issue(upstream.Leaf{Names: append([]string{Host}, s.words.hosts...)})
			if err != nil {
				break
			}
			key, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
			if err != nil {
				break
			}
			s.pair = slices.Concat(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: pair.Certificate[0]}),
				pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}))
		}
		return asPair, s.pair
	}
	return asFile, nil
}

// allMissing lists what is missing, stood in for or not, each with what is missing besides.
func (s *survey) allMissing() []string {
	all := []string{}
	for _, i := range s.found.StandIns {
		all = append(all, fmt.Sprintf("%s (%s; %s stood in)", i.Path, i.Is, i.As))
	}
	for _, path := range s.missingConfigFiles() {
		folder := filepath.Dir(path)
		if _, err := os.Stat(folder); err != nil {
			path += " (nor its folder " + folder + ")"
		}
		all = append(all, path)
	}
	return all
}

// group is ffdhe2048 (RFC 7919, appendix A.1).
const group = `-----BEGIN DH PARAMETERS-----
MIIBCAKCAQEA//////////+t+FRYortKmq/cViAnPTzx2LnFg84tNpWp4TZBFGQz
+8yTnc4kmz75fS/jY2MMddj2gbICrsRhetPfHtXV/WVhJDP1H18GbtCFY2VVPe0a
87VXE15/V8k1mE8McODmi3fipona8+/och3xWKE2rec1MKzKT0g6eXq8CrGCsyT7
YdEIqUuyyOP7uWrat2DX9GgdT0Kj3jlN9K5W7edjcrsZCwenyO4KbXCeAvzhzffi
7MA0BM0oNC9hkXL+nOmFg/+OTxIy7vKBg8P+OxtMb61zO7X8vC7CIAXFjvGDfRaD
ssbzSibBsu/6iGtCOGEoXJf//////////wIBAg==
-----END DH PARAMETERS-----
`
