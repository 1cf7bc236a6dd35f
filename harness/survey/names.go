package survey

import (
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/gatequake/gatequake/harness/gateway"
)

var (
	// hostMarks are how configurations say that the words behind them are names by which clients call the gateway:
	// server_name, ServerAlias, Host(, hdr(host), domains:, HTTP["host"] and their like; the group is the mark's own
	// end. Behind them a name of a single label counts, too.
	hostMarks = regexp.MustCompile(`(?i)(\bserver_name\s|\bserver(?:name|alias)\s|\bhost(?:sni|regexp)?\(|` +
		`\bhdr(?:_[a-z]+)?\(host\)|\b(?:req[._]ssl|ssl_fc)_sni(?:_[a-z]+)?\b|` +
		`http\.(?:request\.)?host\b|http\["host"\]|http_host\b|` +
		`\b(?:domains|hosts?|server_names)["']?\s*:|\bhost\s)`)
	// setsHeader is how they say what upstreams are called by, and not the gateway.
	setsHeader = regexp.MustCompile(`(?i)set[-_]?header|header_up|\brequestheader\b`)
	// matchFlag is how HAProxy says which part of a name the words behind are: no name itself.
	matchFlag = regexp.MustCompile(`\s-m\s+[a-z]+\b`)
	// routesBySNI is how configurations choose an upstream by the name in a TLS handshake, and the bytes are passed on.
	routesBySNI = regexp.MustCompile(`(?i)\breq[._]ssl_sni|\bssl_preread|\bHostSNI(?:Regexp)?\([^*]|\bserver_names\b`)
	// functionName is that of a function, such as req.cook( of HAProxy, and no host's.
	functionName = regexp.MustCompile(`[\w.]+\(`)
	// quotedList is what stands in brackets in quotes, which may have brackets in them.
	quotedList = regexp.MustCompile("^\\s*(`[^`]*`|\"[^\"]*\"|'[^']*')(\\s*,\\s*(`[^`]*`|\"[^\"]*\"|'[^']*'))*\\s*\\)")
	// siteBegins is a line such as "app, http://app.example.com:8080 {", by which Caddy begins a site.
	siteBegins = regexp.MustCompile(`^[^\s#({,]+(?:\s*,\s*[^\s#({,]+)*\s*\{$`)
	// blockWord is a word by which blocks begin that are no sites, in languages that have braces.
	blockWord = regexp.MustCompile(`(?i)^\s*(?:events|http|stream|mail|server|types|else|global|acl|sub|handle|` +
		`route)\s*\{`)
	// setting is how a line begins that gives a setting a value: server.port = 80, url.redirect += (...).
	setting = regexp.MustCompile(`^\s*[\w.-]+\s*[+:?]?=[^=~]`)
	// standsFor is what stands for something else in a line: ${url.authority}, %{HTTP_HOST}, {http.request.host}.
	standsFor = regexp.MustCompile(`[$%]\{[^}]*\}`)
	// anyEnding is a name of which the end is left open, as in app.*, and no regular expression.
	anyEnding = regexp.MustCompile(`^[\w-]+(?:\.[\w-]+)*\.\*$`)
	// labelWord is a name of one label (RFC 1123, section 2.1).
	labelWord = regexp.MustCompile(`^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$`)
	// addressed is a name with what may stand around it in a URL: a scheme before it, a port and a path behind it.
	addressed = regexp.MustCompile(`^(?:https?://)?([A-Za-z0-9*.-]+)(?::(?:\d+|\*)?)?(?:/.*)?$`)
)

// hostsIn lists the names in a line that clients call the gateway by, as the line says it; those by which they may; and
// those that are rather an upstream's: the names in URLs and before ports. Marked tells whether the line goes on with a
// list of names. The first word of a line may be one in a list, such as the maps of HAProxy.
func hostsIn(line string, marked bool) (named, hosts, others []string) {
	note := func(to *[]string, name string) {
		if name != "" && !slices.Contains(*to, name) {
			*to = append(*to, name)
		}
	}
	list := func(text string) {
		text = matchFlag.ReplaceAllString(text, "")
		for _, word := range separators.Split(text, -1) {
			note(&named, hostOf(word, true))
		}
		for _, pattern := range patternsOf(text) {
			if anyEnding.MatchString(pattern) {
				continue // hostOf has an example for it.
			}
			for _, example := range examplesOf(pattern) {
				note(&named, hostOf(example, true))
			}
		}
	}
	line = standsFor.ReplaceAllString(line, " ")
	if marked || siteBegins.MatchString(strings.TrimRight(line, "\r\n")) && !blockWord.MatchString(line) {
		list(line)
	}
	for _, at := range hostMarks.FindAllStringIndex(line, -1) {
		if setsHeader.MatchString(line[:at[0]]) {
			continue
		}
		list(listBehind(line[at[0]:at[1]], line[at[1]:]))
	}
	hosts = slices.Clone(named)
	words := functionName.ReplaceAllString(strings.TrimSpace(line), "(")
	if name := setting.FindString(words); name != "" {
		words = words[len(name)-1:]
	}
	for i, word := range separators.Split(words, -1) {
		name := hostOf(word, false)
		if strings.ContainsAny(word, ":/") {
			note(&others, name)
			continue
		}
		if note(&hosts, name); i == 0 && strings.HasPrefix(strings.TrimSpace(line), word) {
			note(&named, name)
		}
	}
	return named, hosts, others
}

// listBehind is the part of the rest of a line that belongs to the mark before it: up to the bracket's end, if the mark
// ends in a bracket, as Host( does.
func listBehind(mark, rest string) string {
	ends := ";{}"
	if trimmed := strings.TrimSpace(rest); strings.HasSuffix(mark, ":") && strings.HasPrefix(trimmed, "[") {
		ends = "]"
	}
	if strings.HasSuffix(mark, "(") {
		if m := quotedList.FindString(rest); m != "" {
			return m
		}
		ends = ")"
	}
	if end := strings.IndexAny(rest, ends); end >= 0 {
		return rest[:end]
	}
	return rest
}

// hostOf is the name that the word is one of, or "". A part of a name, as in *.example.com, .example.com and app.*,
// gets the rest.
func hostOf(word string, single bool) string {
	m := addressed.FindStringSubmatch(word)
	if m == nil {
		return ""
	}
	name := strings.ToLower(m[1])
	switch {
	case single && strings.HasPrefix(name, "."):
		name = "any" + name
	case single && strings.HasSuffix(name, "."), single && strings.HasSuffix(name, ".*"):
		name = strings.TrimSuffix(strings.TrimSuffix(name, "*"), ".") + "." + Host
	default:
		name = strings.Replace(name, "*.", "any.", 1)
	}
	if hostWord.MatchString(name) && !fileEndings.MatchString(name) || single && labelWord.MatchString(name) {
		return name
	}
	return ""
}

// continues reports whether the list of names that a mark began on this line goes on in the next: as long as no ; ends
// it, or, in YAML, as long as there are items.
func continues(line string, marked bool) bool {
	trimmed := strings.TrimSpace(line)
	at := hostMarks.FindAllStringIndex(line, -1)
	switch {
	case len(at) > 0:
		rest := strings.TrimSpace(line[at[len(at)-1][1]:])
		mark := strings.ToLower(strings.TrimSpace(line[at[len(at)-1][0]:at[len(at)-1][1]]))
		return rest == "" || mark == "server_name" && !strings.Contains(rest, ";")
	case marked:
		return strings.HasPrefix(trimmed, "-") || trimmed != "" && !strings.ContainsAny(trimmed, ":{};")
	}
	return false
}

// placeholders are the ways in which configurations take a value from elsewhere: {$NAME} and {$NAME:default} (Caddy),
// {env.NAME}, ${NAME} and ${NAME:-default}, env(NAME), {{env "NAME"}} and $NAME.
var placeholders = regexp.MustCompile(`\{\$(\w+)(?::([^}]*))?\}|\{env\.(\w+)\}|\$\{(\w+)(?::?-([^}]*))?\}|` +
	`\benv\((\w+)\)|\{\{\s*env\s+["` + "`" + `](\w+)["` + "`" + `]\s*\}\}|\$([A-Z][A-Z0-9_]+)\b`)

// definitions are how configurations give such names values themselves: Define (Apache), setenv, presetenv (HAProxy).
var definitions = regexp.MustCompile(`(?m)^\s*(?:Define|setenv|presetenv)\s+(\w+)\s+["']?([^"'\s]+)`)

// variableName is the name of a variable of the environment.
var variableName = regexp.MustCompile(`^[A-Za-z_]\w*$`)

// filler is what knows the values of placeholders.
type filler map[string]string

// newFiller knows the variables of the environment that the gateway gets: each NAME or NAME=VALUE, and those that all
// get.
func newFiller(env []string) filler {
	all := filler{}
	given, _ := gateway.Variables(env) // What is wrong with one is said where the gateway is started.
	for _, v := range slices.Concat(os.Environ(), given) {
		name, value, _ := strings.Cut(v, "=")
		if gateway.Inherits(name) || slices.Contains(given, v) {
			all[name] = value
		}
	}
	return all
}

// learnWords notes the words NAME=VALUE of a command, as env takes them.
func (f filler) learnWords(command []string) {
	for _, word := range command {
		if name, value, is := strings.Cut(word, "="); is && variableName.MatchString(name) {
			f[name] = value
		}
	}
}

// learn notes what the text defines.
func (f filler) learn(text string) {
	for _, m := range definitions.FindAllStringSubmatch(text, -1) {
		if _, known := f[m[1]]; !known {
			f[m[1]] = m[2]
		}
	}
}

// fill puts values in the place of the placeholders whose values are known, or that have a default.
func (f filler) fill(text string) string {
	return placeholders.ReplaceAllStringFunc(text, func(all string) string {
		m := placeholders.FindStringSubmatch(all)
		name := m[1] + m[3] + m[4] + m[6] + m[7] + m[8]
		if value, known := f[name]; known {
			return value
		}
		if m[2]+m[5] != "" {
			return m[2] + m[5]
		}
		return all
	})
}
