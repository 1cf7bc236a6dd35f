package survey

import (
	"context"
	"encoding/base64"
	"net/http"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/gateway"
)

var (
	// networkWord is an address, or a network.
	networkWord = regexp.MustCompile(`^[0-9a-fA-F:.]+(/\d{1,3})?$`)
	// privateWord is how configurations name all private networks at once, as private_ranges does (Caddy).
	privateWord = regexp.MustCompile(`(?i)\bprivate[_-]?(ranges|networks?)\b`)
	// passwords are how configurations give passwords as they are: user NAME insecure-password WORD (HAProxy), and
	// NAME:{PLAIN}WORD in the files of nginx.
	passwords = regexp.MustCompile(`(?m)\buser\s+(\S+)\s+insecure-password\s+(\S+)|^([^\s:#]+):\{PLAIN\}(\S+)`)
)

// private are the networks of RFC 1918.
var private = []string{"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"}

const (
	// mostSources bounds the networks that clients are tried from, and mostKeys the keys of each kind.
	mostSources, mostKeys = 12, 8
	// mostRefused bounds the refused questions that are tried again with all of these.
	mostRefused = 12
	// certificateName is the common name in certificates of clients.
	certificateName = "client.gatequake.test"
)

// sources are addresses of clients, one in each of the networks that the configuration mentions.
func (w words) sources() []netip.Addr {
	all := []netip.Addr{}
	named := separators.Split(w.code, -1)
	if privateWord.MatchString(w.code) {
		named = append(named, private...)
	}
	for _, word := range named {
		if !networkWord.MatchString(word) {
			continue
		}
		a, err := netip.ParseAddr(word)
		if network, err2 := netip.ParsePrefix(word); err2 == nil {
			a, err = firstOf(network), nil
		} else if err == nil && a.Is4() && strings.HasSuffix(word, ".0") {
			a = firstOf(netip.PrefixFrom(a, 24)) // A network, whose length stands elsewhere.
		}
		if err == nil && !a.IsLoopback() && !a.IsUnspecified() && !a.IsMulticast() && !slices.Contains(all, a) &&
			len(all) < mostSources {
			all = append(all, a)
		}
	}
	return all
}

// firstOf is an address in the network, which is no router's.
func firstOf(network netip.Prefix) netip.Addr {
	if free := network.Addr().BitLen() - network.Bits(); free == 0 || network.Bits() == 0 {
		return network.Addr() // Of all addresses it is none.
	}
	a := network.Masked().Addr()
	for range min(10, 1<<min(network.Addr().BitLen()-network.Bits(), 8)-2) {
		a = a.Next()
	}
	return a
}

// keys are the attempt's question with what may open a door that is closed: an address, a password, a field with a word
// of the configuration's, a certificate.
func (s *survey) keys(t attempt) []question {
	all := []question{}
	if t.certified {
		all = append(all, t.with(question{certificate: certificateName}))
	}
	if t.status == http.StatusUnauthorized {
		for _, m := range passwords.FindAllStringSubmatch(s.words.text, mostKeys) {
			secret := base64.StdEncoding.EncodeToString([]byte(m[1] + m[3] + ":" + m[2] + m[4]))
			all = append(all, t.with(question{headers: map[string]string{"Authorization": "Basic " + secret}}))
		}
	}
	for _, a := range s.words.sources() {
		if a.Is4() == t.listener.Door().Addr().Is4() {
			all = append(all, t.with(question{from: a}))
		}
	}
	if t.status == 0 {
		return all // Who says nothing has not read the head.
	}
	for _, f := range s.words.fields() {
		all = append(all, f.in(t.question))
	}
	return all
}

// refused reports whether the gateway itself turned the client away: not for what he asks, but for who he is.
func (t attempt) refused() bool {
	if len(t.asked) > 0 {
		return false
	}
	switch t.status {
	case http.StatusUnauthorized, http.StatusForbidden:
		return true
	case 0:
		return t.certified || t.end == client.Closed || t.end == client.Reset
	case http.StatusBadRequest:
		return t.certified
	}
	return false
}

// unlock tries keys on what was refused, and puts what opened in its place.
func (s *survey) unlock(ctx context.Context, all []attempt) {
	tried := map[string]bool{}
	for i, t := range all {
		if !t.refused() || len(tried) == mostRefused && !tried[t.url] {
			continue
		}
		tried[t.url] = true
		opened := t
		for _, key := range s.keys(t) {
			if opened = s.send(ctx, t.listener, key); len(opened.asked) > 0 {
				break
			}
		}
		if len(opened.asked) > 0 {
			s.answered(t)
			all[i] = opened
			continue
		}
		s.locked(t)
	}
}

// locked notes that nothing opened, once for each listener and kind of lock, with what the file needs to say.
func (s *survey) locked(t attempt) {
	same := func(l attempt) bool {
		return l.listener.At == t.listener.At && l.status == t.status && l.certified == t.certified
	}
	if !slices.ContainsFunc(s.lockedOut, same) {
		s.lockedOut = append(s.lockedOut, t)
	}
}

// answersWithout reports whether the listener answered somebody who had no certificate.
func (s *survey) answersWithout(l gateway.Listener) bool {
	return slices.ContainsFunc(s.outcomes, func(o outcome) bool {
		return o.at == l.At && o.status != 0 && o.status != http.StatusBadRequest && !o.certified
	})
}

// warnLocked says what opens the doors that stayed closed.
func (s *survey) warnLocked() {
	for _, t := range s.lockedOut {
		switch {
		case s.internal(t.listener.At):
		case t.certified && !s.answersWithout(t.listener):
			s.warn("%s wants a certificate of the client's, and takes none of Gatequake's: list the file of the "+
				"authority that it must be of under trust, and give the probe client-certificate: COMMON-NAME", t.url)
		case t.status == http.StatusUnauthorized:
			how := "the field that it wants"
			if strings.HasPrefix(t.header.Get("WWW-Authenticate"), "Basic") {
				how = "headers: {Authorization: Basic WORD}, where WORD is what printf NAME:PASSWORD | base64 prints"
			}
			s.warn("%s answers 401: what is behind it is tried once its probe has %s", t.url, how)
		case t.end == client.Complete:
			s.warn("%s answers %d: what is behind it is tried once its probe has what lets a client in, such as from: "+
				"ADDRESS or headers: {NAME: VALUE}", t.url, t.status)
		}
	}
}
