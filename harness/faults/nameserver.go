package faults

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"syscall"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/dns"
	"github.com/gatequake/gatequake/harness/firewall"
	"github.com/gatequake/gatequake/harness/proxystatus"
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/world"
)

// misanswered completes and registers a nameserver that breaks its answers to every name as how says. The
// confirmation is that is accepts what became of an own query for the upstream's name; it tells what was seen.
func misanswered(f catalog.Fault, how dns.Fault, is func(dns.Reply, error) (seen string, ok bool)) *catalog.Fault {
	f.Cause, f.Phase, f.Route = cause.DNS, catalog.Resolving, site.RouteNamed
	f.Inject = func(_ context.Context, b *site.Bench) (*catalog.Injection, error) {
		return resolver(b, how, queried(b, f.Confirmed, is)), nil
	}
	return catalog.RegisterFault(f)
}

// queried confirms that is accepts what became of an own query.
func queried(b *site.Bench, want string, is func(dns.Reply, error) (string, bool)) confirmation {
	return func(ctx context.Context) (string, error) {
		reply, err := dns.Ask(ctx, b.Plan.Nameserver.String(), b.Plan.Named.Host, typeA)
		seen, ok := is(reply, err)
		if !ok {
			return "", fmt.Errorf("ask for %s: got %+v (%w), want: %s", b.Plan.Named.Host, reply, err, want)
		}
		return fmt.Sprintf("Gatequake's own query for %s: %s", b.Plan.Named.Host, seen), nil
	}
}

// DNSNoData is a name without an address.
var DNSNoData = misanswered(catalog.Fault{
	ID: "dns-nodata", Title: "the upstream's name exists and has no address", Type: proxystatus.DNSError,
	What: "The name is there, but what it holds is no address: only a mail record was left behind, say. The " +
		"nameserver says so without any error code, and clients that look at the code alone take it for a success.",
	Made:      "The world's nameserver answers every query with NOERROR and no record.",
	Confirmed: "Gatequake's own query for the upstream's name is answered NOERROR, with no address.",
}, dns.NoData{}, func(r dns.Reply, err error) (string, bool) {
	return "NOERROR, no record", err == nil && r.Rcode == "NOERROR" &&
		len(r.Addresses)+len(r.Aliases) == 0 && !r.Truncated
})

// DNSSlow is a nameserver that takes too long.
var DNSSlow = misanswered(catalog.Fault{
	ID: "dns-slow", Title: "the nameserver answers later than the gateway waits",
	Type: proxystatus.DNSTimeout, Late: true,
	What: "The nameserver is overloaded or far away. The right answer comes, after the gateway has given up; a " +
		"resolver that asks again starts anew.",
	Made: fmt.Sprintf("The world's nameserver holds each right answer back for %s, against a timeout of one.",
		tooLate),
	Confirmed: fmt.Sprintf("Gatequake's own query for the upstream's name is answered with an address, and not before %s "+
		"have passed.", tooLate),
}, dns.Slow(tooLate), func(r dns.Reply, err error) (string, bool) {
	return fmt.Sprintf("an address after %s or more", tooLate), err == nil && len(r.Addresses) == 1 && r.Took >= tooLate
})

// DNSGarbage is a nameserver that talks nonsense.
var DNSGarbage = misanswered(catalog.Fault{
	ID: "dns-garbage", Title: "the nameserver answers with bytes that are no DNS message", Type: proxystatus.DNSTimeout,
	What: "Something else listens at the nameserver's port, or a middlebox mangles the packets. A resolver drops " +
		"what it cannot read, since anybody can send such a packet, and goes on waiting for the real answer until " +
		"its time is up.",
	Made:      "The world's nameserver answers every query with seven bytes of text.",
	Confirmed: "Gatequake's own query for the upstream's name is answered with bytes that are no DNS message.",
}, dns.Garbage{}, func(_ dns.Reply, err error) (string, bool) {
	return "bytes that are no message", errors.Is(err, dns.ErrNoMessage)
})

// DNSTruncated is a nameserver whose answers do not get through whole.
var DNSTruncated = catalog.RegisterFault(catalog.Fault{
	ID: "dns-truncated", Title: "the nameserver's answer is truncated, and TCP to it is refused",
	Cause: cause.DNS, Type: proxystatus.DNSError, Phase: catalog.Resolving, Route: site.RouteNamed,
	Needs: []world.Need{world.Firewall},
	What: "An answer that does not fit into UDP carries the TC bit, which means: ask again over TCP. Where a " +
		"firewall lets DNS pass over UDP alone, there is nobody to ask. It works for years, until a name gets one " +
		"address too many.",
	Made: "The world's nameserver sends the TC bit and no record; an nftables rule resets TCP connections to port " +
		"53.",
	Confirmed: "Gatequake's own query for the upstream's name is answered with the TC bit and no address, and " +
		"Gatequake's own TCP dial to the nameserver gets ECONNREFUSED.",
	Inject: func(_ context.Context, b *site.Bench) (*catalog.Injection, error) {
		undo, err := b.Firewall.Apply(firewall.Rule{
			ToPort: b.Plan.Nameserver.Port(), Protocol: firewall.TCP,
			Verdict: firewall.RejectRST,
		})
		if err != nil {
			return nil, err
		}
		udp := resolver(b, dns.Truncated{}, queried(b, "the TC bit and no address",
			func(r dns.Reply, err error) (string, bool) {
				return "the TC bit, no record", err == nil && r.Truncated && len(r.Addresses) == 0
			}))
		return &catalog.Injection{
			Undo: func(ctx context.Context) error { return errors.Join(undo(), udp.Undo(ctx)) },
			Confirm: func(ctx context.Context) (string, error) {
				seen, err := udp.Confirm(ctx)
				if err != nil {
					return "", err
				}
				return seen + "; over TCP: refused", refuses(ctx, b.Plan.Nameserver)
			},
		}, nil
	},
})

// refuses returns nil if a dial gets ECONNREFUSED.
func refuses(ctx context.Context, at netip.AddrPort) error {
	ctx, cancel := context.WithTimeout(ctx, 10*silenceWindow)
	defer cancel()
	c, err := new(net.Dialer).DialContext(ctx, "tcp", at.String())
	if err == nil {
		_ = c.Close()
	}
	if !errors.Is(err, syscall.ECONNREFUSED) {
		return fmt.Errorf("dial %s: got %w, want ECONNREFUSED", at, err)
	}
	return nil
}

// DNSWrongID is a resolver that hears only answers to somebody else's questions.
var DNSWrongID = misanswered(catalog.Fault{
	ID: "dns-wrong-id", Title: "every DNS answer carries another query's ID", Type: proxystatus.DNSTimeout,
	What: "The ID is what ties an answer to its query; a forger has to guess it. A resolver must drop an answer " +
		"with a wrong one and go on waiting. A gateway that takes such an answer can be sent anywhere by anybody.",
	Made:      "The world's nameserver gives the right answer, with the ID changed.",
	Confirmed: "Gatequake's own query for the upstream's name gets replies to another query, and none of its own.",
}, dns.WrongID{}, func(_ dns.Reply, err error) (string, bool) {
	return "only replies to another query", errors.Is(err, dns.ErrWrongID) &&
		(errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded))
})
