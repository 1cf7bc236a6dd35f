package survey

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"time"

	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/firewall"
	"github.com/gatequake/gatequake/harness/gateway"
	"github.com/gatequake/gatequake/harness/stamp"
	"github.com/gatequake/gatequake/harness/upstream"
)

// rolesTime bounds the search for roles: most gateways are through with it within a second.
const rolesTime = 25 * time.Second

// findRoles finds out what the upstreams are to each probe, by what becomes of its answer when one is broken.
func (s *survey) findRoles(ctx context.Context) error {
	until, end := context.WithTimeout(ctx, rolesTime)
	defer end()
	wall, err := firewall.New(s.machine.Network())
	if err != nil {
		return err
	}
	s.findSilent(until)
	s.mu.Lock()
	s.breaking = true
	s.mu.Unlock()
	for i := range s.kept {
		if k := &s.kept[i]; len(k.asked) > 0 {
			s.findAsides(until, k, wall)
		}
	}
	if err := s.findReserves(until, wall); err != nil {
		return err
	}
	if ctx.Err() == nil && until.Err() != nil {
		s.warn("whether there are upstreams in reserve, or with error pages, was not found out in %s: say so under roles",
			rolesTime)
	}
	return nil
}

// originOf is the origin that gave the answer to the request with the nonce, by its stamp; one whose fields are taken
// away by the gateway is known by its body. It is "" of an answer of the gateway's own.
func originOf(r client.Response, nonce string) string {
	if r.Header.Get(stamp.Answer) == nonce && nonce != "" {
		return r.Header.Get(stamp.Origin)
	}
	before, _, found := bytes.Cut(r.Body, []byte(" for "+nonce+"\n"))
	if _, name, signed := bytes.Cut(before, []byte("answered by ")); found && signed {
		return string(name)
	}
	return ""
}

// gave reports whether the upstream gave the answer.
func (t attempt) gave(u upstreamKey) bool { return t.origin != "" && t.origin == u.at.String() }

// like reports whether both answers are the same but for which upstream gave them.
func (t attempt) like(u attempt) bool {
	return t.status == u.status && (t.origin == "") == (u.origin == "")
}

// sentRequest is a request that was sent. A copy of it may reach its upstream after the client has the answer, so that
// whom it asked is looked up when the survey is through.
type sentRequest struct {
	nonce, from string
	status      int
	begun, done time.Time
}

// askedFor is what was asked for, whoever was asked.
func askedFor(t attempt) string {
	q := t.question
	q.uncached = false
	return fmt.Sprint(t.listener.At, " ", q)
}

// sentFor lists the requests that were sent for the probe, by each of its methods and by that it was found with.
func (s *survey) sentFor(k *candidateProbe) (all []sentRequest) {
	methods := slices.Clone(k.methods)
	addOnce(&methods, k.method, len(methods)+1)
	for _, method := range methods {
		t := k.attempt
		t.method = method
		all = append(all, s.sent[askedFor(t)]...)
	}
	return all
}

// noteSent notes a request, and who gave its answer.
func (s *survey) noteSent(t *attempt, from, nonce string, begun time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.sent == nil {
		s.sent = map[string][]sentRequest{}
	}
	t.origin, t.nonce = from, nonce
	s.sent[askedFor(*t)] = append(s.sent[askedFor(*t)], sentRequest{nonce, from, t.status, begun, time.Now()})
}

// lateCopy is how much later than the answer a copy of a request is waited for.
const lateCopy = 100 * time.Millisecond

// settled lists the attempts with all whom they asked, those besides that were asked after the answer.
func (s *survey) settled(all []attempt) []attempt {
	time.Sleep(lateCopy)
	for i := range all {
		switch t := &all[i]; {
		case t.stored != "":
			t.asked = s.upstreamsAsked(t.stored)
		case t.nonce != "":
			t.asked = s.upstreamsAsked(t.nonce)
		}
	}
	return all
}

// findAsides tells the upstreams that a request asks besides the one that serves it: by whether it matters what they
// answer.
func (s *survey) findAsides(ctx context.Context, k *candidateProbe, wall *firewall.Firewall) {
	served, asides, most := map[upstreamKey]bool{}, []upstreamKey{}, 0
	for _, r := range s.sentFor(k) {
		if r.status != k.status {
			continue
		}
		asked := s.upstreamsAsked(r.nonce)
		most = max(most, len(asked))
		for _, u := range asked {
			switch gave := r.from == u.at.String(); {
			case gave:
				served[u] = true
			case !slices.Contains(asides, u) && (len(asked) > 1 || r.from == ""):
				asides = append(asides, u)
			}
			if !slices.Contains(k.asked, u) {
				k.asked = append(k.asked, u)
			}
		}
	}
	asides = append(asides, k.silent...)
	asides = slices.DeleteFunc(asides, func(u upstreamKey) bool { return served[u] })
	if len(asides) == 0 {
		return
	}
	well := s.send(ctx, k.listener, k.question)
	for _, u := range asides {
		role := gateway.Copies
		if s.matters(ctx, k, well, u, wall) {
			role = gateway.Vouches
		}
		k.role(u, role)
	}
	k.all = most-(len(asides)-len(k.silent)) > 1
}

// matters reports whether the probe gets another answer when the upstream refuses, fails or is dead. Whom the gateway
// asks then, and not otherwise, has the page of that answer.
func (s *survey) matters(
	ctx context.Context, k *candidateProbe, well attempt, u upstreamKey, wall *firewall.Firewall,
) bool {
	other := false
	look := func() {
		t := s.send(ctx, k.listener, k.question)
		other = other || !t.like(well)
		for _, also := range t.asked {
			if !slices.Contains(k.asked, also) {
				k.asked = append(k.asked, also)
				k.role(also, gateway.ErrorPage)
			}
		}
	}
	at, catchAll := s.catches(u)
	for _, status := range []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusInternalServerError} {
		undo := catchAll.AnswerAt(at, status)
		look()
		undo()
	}
	if undo, err := s.refuse(wall, u); err == nil {
		look()
		undo()
	}
	return other
}

// role notes what the upstream is to the probe.
func (k *candidateProbe) role(u upstreamKey, r gateway.Role) {
	if k.roles == nil {
		k.roles = map[upstreamKey]gateway.Role{}
	}
	k.roles[u] = r
}

// setRole notes in the probe what the upstream is to it.
func (k *candidateProbe) setRole(p *gateway.Probe, u knownUpstream) {
	if r, known := k.roles[u.upstreamKey]; known {
		if p.Roles == nil {
			p.Roles = map[string]gateway.Role{}
		}
		p.Roles[u.Name] = r
	}
}

// serving lists the upstreams that serve the probe.
func (k *candidateProbe) serving() []upstreamKey {
	return slices.DeleteFunc(slices.Clone(k.asked), func(u upstreamKey) bool { return k.roles[u] != "" })
}

// catches is who plays the upstream, and under which address.
func (s *survey) catches(u upstreamKey) (netip.AddrPort, *upstream.CatchAll) {
	if i := slices.Index(s.words.sockets, u.socket); u.socket != "" && i >= 0 {
		return netip.AddrPort{}, s.sockets[i]
	}
	return u.at, s.catchAll
}

// refuse lets nobody listen at the upstream's address until undo is called.
func (s *survey) refuse(wall *firewall.Firewall, u upstreamKey) (undo func(), err error) {
	if u.socket != "" {
		at, catchAll := s.catches(u)
		return s.brokenUntil(u, catchAll.Shut(at)), nil
	}
	lift, err := wall.Apply(firewall.Rule{
		To: netip.PrefixFrom(u.at.Addr(), u.at.Addr().BitLen()), ToPort: u.at.Port(), Protocol: firewall.TCP,
		Verdict: firewall.RejectRST,
	})
	if err != nil {
		return nil, fmt.Errorf("refuse %s: %w", u.at, err)
	}
	s.catchAll.Drop()
	return s.brokenUntil(u, func() { _ = lift() }), nil
}

// brokenUntil is undo, and notes the time until then, in which checks are not seen.
func (s *survey) brokenUntil(u upstreamKey, undo func()) func() {
	begin := time.Now()
	return func() {
		undo()
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.broken == nil {
			s.broken = map[upstreamKey][]span{}
		}
		s.broken[u] = append(s.broken[u], span{begin, time.Now()})
	}
}
