package site

import (
	"encoding/binary"
	"fmt"
	"maps"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"github.com/gatequake/gatequake/harness/record"
)

// Secret is an internal address or name that an answer for clients must not tell, in every way in which it is looked
// for.
type Secret struct {
	// what calls it, for reports.
	what string
	// spellings are the texts that tell it, in lower case, anywhere on the page and in any field, as words of their
	// own.
	spellings []string
	// inFields are those that tell it as a word in a field of a gateway's own alone: a name of one label is an ordinary
	// word too, and may stand on any page.
	inFields []string
}

// SecretAddress is the secret of an upstream's address: as it is written, in hexadecimal, as a number, in either order
// of bytes, and mapped into IPv6.
func SecretAddress(a netip.Addr) Secret {
	s := Secret{what: "the upstream's address " + a.String(), spellings: []string{a.String(), a.StringExpanded()}}
	if !a.Is4() {
		s.spellings = append(s.spellings, fmt.Sprintf("%x", a.AsSlice()))
		return s
	}
	b := a.As4()
	s.spellings = append(s.spellings,
		fmt.Sprintf("%03d.%03d.%03d.%03d", b[0], b[1], b[2], b[3]),
		fmt.Sprintf("0x%02x.0x%02x.0x%02x.0x%02x", b[0], b[1], b[2], b[3]),
		fmt.Sprintf("ffff:%x:%x", binary.BigEndian.Uint16(b[:]), binary.BigEndian.Uint16(b[2:])))
	// The byte order of the network's, and that of most processors, as in the cookies of some load balancers.
	for _, n := range []uint32{binary.BigEndian.Uint32(b[:]), binary.LittleEndian.Uint32(b[:])} {
		s.spellings = append(s.spellings, fmt.Sprint(n), fmt.Sprintf("%08x", n), fmt.Sprintf("0x%x", n))
	}
	return s
}

// SecretsAt are the secrets of an upstream's address with its port, and without, unless it is one of the loopback's,
// which every machine has.
func SecretsAt(at netip.AddrPort) []Secret {
	all := []Secret{SecretText("the upstream's address", at.String())}
	if !at.Addr().IsLoopback() {
		all = append(all, SecretAddress(at.Addr()))
	}
	return all
}

// SecretName is the secret of a name that an upstream has at the port; 0 for any.
func SecretName(name string, port uint16) Secret {
	s := Secret{what: "the upstream's name " + name}
	name = strings.ToLower(name)
	switch {
	case strings.Contains(name, "."):
		s.spellings = []string{name}
	case port == 0:
		s.inFields = []string{name}
	default:
		s.spellings, s.inFields = []string{fmt.Sprintf("%s:%d", name, port), "//" + name}, []string{name}
	}
	return s
}

// SecretText is the secret of what is told by nothing but that very text.
func SecretText(what, text string) Secret {
	return Secret{what: what + " " + text, spellings: []string{strings.ToLower(text)}}
}

// ownFields begin the names of the fields that a gateway makes up, and of those that name who answered: in the others
// an upstream's name may be a word of HTTP's.
var ownFields = []string{"x-", "via", "proxy-status", "server-timing", "location"}

// Leak tells which of the secrets an answer tells that the client has not told itself, and where; "" for none.
func Leak(o record.Observation, secrets []Secret) string {
	said, page := strings.ToLower(o.Sent), strings.ToLower(string(o.Page))
	for _, s := range secrets {
		for _, name := range slices.Sorted(maps.Keys(o.Header)) {
			words := s.spellings
			begins := func(with string) bool { return strings.HasPrefix(strings.ToLower(name), with) }
			if slices.ContainsFunc(ownFields, begins) {
				words = slices.Concat(words, s.inFields)
			}
			if word := first(words, strings.ToLower(strings.Join(o.Header[name], ", ")), said); word != "" {
				return s.in(word, "the header "+http.CanonicalHeaderKey(name))
			}
		}
		if word := first(s.spellings, page, said); word != "" {
			return s.in(word, "the page")
		}
	}
	return ""
}

// in says where the secret was told, and how it was spelled if that is not how people write it.
func (s Secret) in(word, where string) string {
	if strings.HasSuffix(strings.ToLower(s.what), word) {
		return s.what + " in " + where
	}
	return fmt.Sprintf("%s, as %s, in %s", s.what, word, where)
}

// first is the first of the words that is in the text and not in what the client said.
func first(words []string, text, said string) string {
	for _, w := range words {
		if tells(text, w) && !tells(said, w) {
			return w
		}
	}
	return ""
}

// tells reports whether the word is in the text, and is not a part of a longer word, number, address or name there.
func tells(text, word string) bool {
	for from := 0; ; {
		i := strings.Index(text[from:], word)
		if i < 0 {
			return false
		}
		i += from
		if !partOf(text[:i], word, text[i+len(word):]) {
			return true
		}
		from = i + 1
	}
}

// partOf reports whether what stands between before and after goes on there.
func partOf(before, word, after string) bool {
	inWord := func(text string, at int) bool {
		if at < 0 || at >= len(text) {
			return false
		}
		c := text[at]
		return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '_'
	}
	n := len(before)
	if !strings.HasPrefix(word, "/") &&
		(inWord(before, n-1) || strings.HasSuffix(before, ".") && inWord(before, n-2)) {
		return true
	}
	number, six := strings.Trim(word, "0123456789") == "", strings.Count(word, ":") > 1
	// Cookies put the port behind the number of an address, with a dot.
	goesOn := strings.HasPrefix(after, ".") && !number || six && strings.HasPrefix(after, ":")
	return inWord(after, 0) || goesOn && inWord(after, 1)
}
