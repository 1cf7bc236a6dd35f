package survey

import (
	"context"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// field is a field of a request's head, a cookie or a part of its query, with a value that the configuration tells
// apart from others.
type field struct{ kind, name, value string }

// The kinds of fields.
const (
	headerField = "header"
	cookieField = "cookie"
	queryField  = "query"
)

// fieldMarks are how configurations name a field of a request's, whose name is the group: as nginx does, HAProxy and
// Traefik, Varnish, Apache, lighttpd, Caddy, and Envoy.
var fieldMarks = []struct {
	kind string
	mark *regexp.Regexp
}{
	{cookieField, regexp.MustCompile(`\$cookie_(\w+)|\b(?:req\.)?cook(?:_\w+)?\(([\w-]+)`)},
	{queryField, regexp.MustCompile(`\$arg_(\w+)|\b(?:urlp|url_param)(?:_\w+)?\(([\w-]+)|\bQuery\(` + "[`'\"]([\\w-]+)" +
		`|\bquery\s+([\w-]+)=|\bquery_parameters["']?:[\s\[{-]*name["']?:\s*["']?([\w-]+)`)},
	{headerField, regexp.MustCompile(`\$http_(\w+)|\b(?:req\.)?f?hdr(?:_\w+)?\(([\w-]+)|` +
		`\bHeaders?(?:Regexp)?\(` + "[`'\"]([\\w-]+)" + `|\breq\.http\.([\w-]+)|%\{(?:HTTP|req|REQ):([\w-]+)\}|` +
		`REQUEST_HEADER\["([\w-]+)"\]|(?:^|\s)header(?:_regexp)?\s+(?:\w+\s+)?([A-Z][\w-]+)|\breq_header\s+([\w-]+)|` +
		`\bSetEnvIf(?:NoCase)?\s+([\w-]+)|\bname:\s*["']?([\w-]+)["']?,?\s*(?:string_match|exact_match|exact|` +
		`safe_regex_match|contains_match|prefix_match)`)},
	{"", regexp.MustCompile(`%\{(?:HTTP_)(COOKIE)\}|\$HTTP\["(cookie)"\]`)},
}

// notAsked are fields that gateways look at for other reasons than to choose an upstream, and those that a probe has
// already.
var notAsked = regexp.MustCompile(`(?i)^(host|user-agent|accept.*|connection|upgrade|x-forwarded-.*|x-real-ip|via|` +
	`forwarded|content-.*|transfer-encoding|referer|origin|range|if-.*|cache-control|pragma|expect|te)$`)

const (
	// mostFields bounds the fields that are tried, and mostValues the values of one.
	mostFields, mostValues = 8, 6
	// reach is how far behind a field's name its values stand.
	reach = 200
)

// valueBreaks stand between values.
var valueBreaks = regexp.MustCompile("[\\s\"'`,(){};]+")

// valueWord is what may be a value: a word, or what is in a cookie.
var valueWord = regexp.MustCompile(`^[\w.~+/-]+(=[\w.~+/-]+)?$`)

// fields lists those that the configuration mentions, each with the words that stand behind it.
func (w words) fields() []field {
	all, names := []field{}, []string{}
	for _, m := range fieldMarks {
		for _, at := range m.mark.FindAllStringSubmatchIndex(w.code, -1) {
			name := ""
			for i := 2; i < len(at); i += 2 {
				if at[i] >= 0 {
					name = w.code[at[i]:at[i+1]]
				}
			}
			kind := m.kind
			switch {
			case kind == "" || strings.EqualFold(name, "cookie"):
				kind, name = headerField, "Cookie"
			case kind == headerField:
				name = strings.ReplaceAll(name, "_", "-")
			}
			if notAsked.MatchString(name) || !slices.Contains(names, kind+name) && len(names) == mostFields {
				continue
			}
			names = append(names, kind+name)
			for _, value := range valuesIn(w.code[at[1]:min(at[1]+reach, len(w.code))]) {
				f := field{kind, name, value}
				if !slices.Contains(all, f) && len(all) < mostFields*mostValues {
					all = append(all, f)
				}
			}
		}
	}
	return all
}

// valuesIn lists the first words of the text that may be values, and examples of its patterns.
func valuesIn(text string) []string {
	all := []string{}
	note := func(v string) {
		if valueWord.MatchString(v) && !strings.HasPrefix(v, "/") && !strings.HasPrefix(v, "-") &&
			!slices.Contains(all, v) && len(all) < mostValues {
			all = append(all, v)
		}
	}
	for _, word := range valueBreaks.Split(text, -1) {
		word = strings.Trim(word, "~!*:")
		if isPattern.MatchString(word) {
			for _, example := range examplesOf(word) {
				note(example)
			}
			continue
		}
		note(strings.TrimPrefix(word, "="))
	}
	return all
}

// in is the question with the field in it.
func (f field) in(q question) question {
	switch f.kind {
	case cookieField:
		return q.with(question{headers: map[string]string{"Cookie": f.name + "=" + f.value}})
	case queryField:
		return q.with(question{path: q.path + "?" + url.QueryEscape(f.name) + "=" + url.QueryEscape(f.value)})
	}
	return q.with(question{headers: map[string]string{f.name: f.value}})
}

// tryFields asks what is kept once more with each field that the configuration mentions, and keeps what reaches other
// upstreams by it, as the users of a canary do.
func (s *survey) tryFields(ctx context.Context) {
	fields, roots := s.words.fields(), map[string]bool{}
	for i, k := range slices.Clone(s.kept) {
		root := k.listener.At.String() + k.host
		if len(k.asked) == 0 || k.twin || k.varied || roots[root] || len(roots) == mostRefused {
			continue
		}
		roots[root], s.kept[i].varied = true, true
		for _, f := range fields {
			if ctx.Err() != nil {
				return
			}
			t := s.send(ctx, k.listener, f.in(k.question))
			if len(t.asked) > 0 && !s.reaches(t) {
				s.kept = append(s.kept, newCandidate(t, false))
			}
		}
	}
}

// reaches reports whether a probe reaches at the listener all the upstreams that the attempt did.
func (s *survey) reaches(t attempt) bool {
	return !slices.ContainsFunc(t.asked, func(u upstreamKey) bool {
		return !slices.ContainsFunc(s.kept, func(k candidateProbe) bool {
			return k.listener.At == t.listener.At && slices.Contains(k.asked, u)
		})
	})
}
