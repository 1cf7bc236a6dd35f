package survey

import (
	"regexp"
	"slices"
	"strings"
)

// place is a path of a host, as a configuration mentions it.
type place struct{ host, path string }

// block is the part of a configuration that stands at a path: what is in its braces, what is indented further in
// languages without, and what comes before the end of its tag.
type block struct {
	named  string // on the present line
	path   string // whose block it is; "" outside of all
	depth  int    // of braces
	opened bool
	indent int
}

// say notes the line as one that stands at the path whose block it is in.
func (w *words) say(line string) {
	b, trimmed := &w.block, strings.TrimSpace(line)
	indent := len(line) - len(strings.TrimLeft(line, " \t"))
	switch {
	case b.named != "":
		*b = block{path: b.named, indent: indent}
	case trimmed == "":
		return
	case strings.HasPrefix(trimmed, "</"), !b.opened && indent < b.indent:
		b.path = ""
	}
	if b.path == "" {
		return
	}
	for _, host := range append([]string{Host}, w.current...) {
		w.said[place{host, b.path}] += line
	}
	more := strings.Count(line, "{") - strings.Count(line, "}")
	b.depth += more
	b.opened = b.opened || more > 0
	if b.opened && b.depth <= 0 && !strings.HasSuffix(trimmed, "{") {
		b.path = ""
	}
}

// saidOf is what stands at the path that is asked for: at all hosts', where the host is none that has paths of its own,
// or only looks like one, as the dotted names of filters do.
func (w words) saidOf(q question) string {
	if len(w.near[q.host]) == 0 || !slices.Contains(w.named, q.host) {
		q.host = Host
	}
	return w.said[place{q.host, q.path}]
}

var (
	// limitWord is a time limit with its value: proxy_read_timeout 300s, timeout: 300s, timeout=300.
	limitWord = regexp.MustCompile(`(?i)[\w-]*(?:timeout|deadline)[\w-]*["']?\s*[:= ]\s*["']?\d[\w.]*`)
	// socketMention is how configurations pass WebSockets on, and socketPath a path by whose name they are known.
	socketMention = regexp.MustCompile(`(?i)http_upgrade|upgrade_(?:configs|type)|websocket|\bwss?://|HTTP:Upgrade`)
	socketPath    = regexp.MustCompile(`(?i)(^|[/_.-])(wss?|websockets?|socket\.io|cable|sockjs)([/_.-]|$)`)
	// callMention is how they speak of gRPC.
	callMention = regexp.MustCompile(`(?i)grpc`)
)

// special reports whether the configuration speaks of WebSockets, or of gRPC, at what is asked for.
func (w words) special(q question) (socket, call bool) {
	said := w.saidOf(q)
	return socketMention.MatchString(said) || socketPath.MatchString(q.path), callMention.MatchString(said)
}

// mentionsCheck is how configurations say that the gateway itself asks for the path on the line, or on the next.
var mentionsCheck = regexp.MustCompile(`(?i)health_?check|httpchk|http-check|\.?probe\b.*\{|\.(?:url|request)\s*=`)

// noteChecked notes the paths of a line by which the gateway asks whether an upstream is well.
func (w *words) noteChecked(line string, before int) {
	if !mentionsCheck.MatchString(line) && !mentionsCheck.MatchString(w.before) {
		return
	}
	for _, path := range w.paths[before:] {
		addOnce(&w.checked, path, maxPaths)
	}
}

// limitsOf are the time limits that stand at the path that is asked for, in the order of their names.
func (w words) limitsOf(q question) string {
	if slices.Contains(w.checked, q.path) {
		return "" // What stands there is how the gateway asks.
	}
	all := limitWord.FindAllString(w.saidOf(q), -1)
	slices.Sort(all)
	return strings.Join(slices.Compact(all), ", ")
}
