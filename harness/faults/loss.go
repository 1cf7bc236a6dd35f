package faults

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/gatequake/gatequake/harness/catalog"
	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/firewall"
	"github.com/gatequake/gatequake/harness/proxystatus"
	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/site"
	"github.com/gatequake/gatequake/harness/world"
)

// lossy completes and registers a network to the upstream's port that loses packets, both ways.
func lossy(f catalog.Fault, rule firewall.Rule, confirm func(*site.Bench) confirmation) *catalog.Fault {
	f.Cause = cause.Network
	f.Needs = []world.Need{world.Firewall}
	f.Inject = func(_ context.Context, b *site.Bench) (*catalog.Injection, error) {
		at, lost := b.Plan.Upstream, rule
		lost.Protocol, lost.Verdict = firewall.TCP, firewall.Drop
		there, back := lost, lost
		there.To, there.ToPort = toward(at), at.Port()
		back.From, back.FromPort = toward(at), at.Port()
		lift, err := rules(b.Firewall, there, back)
		if err != nil {
			return nil, err
		}
		return &catalog.Injection{Undo: func(context.Context) error { return lift() }, Confirm: confirm(b)}, nil
	}
	return catalog.RegisterFault(f)
}

// PacketLossTotal is a network that loses everything.
var PacketLossTotal = lossy(catalog.Fault{
	ID:    "packet-loss-total",
	Title: "the network to the upstream loses every packet",
	Type:  proxystatus.ConnectionTimeout, Phase: catalog.Connecting,
	What: "A cable with a broken wire, a switch that is overrun, a wireless link out of reach: nothing arrives any " +
		"more, in either direction, and nobody says so. What is sent is sent again and again by the kernel, and " +
		"lost each time.",
	Made:      "An nftables rule in the world: every packet of TCP to or from the upstream's port is dropped.",
	Confirmed: "Gatequake's own dial to the upstream gets no reply.",
}, firewall.Rule{}, func(b *site.Bench) confirmation { return confirmNoReply(b, b.Plan.Upstream) })

// PacketLoss30 is a network that loses much, and not too much.
var PacketLoss30 = lossy(catalog.Fault{
	ID:      "packet-loss-30",
	Title:   "the network to the upstream loses 30 % of the packets (control: no error)",
	Control: &record.Expectation{Statuses: []int{http.StatusOK}, By: record.ByUpstream},
	Phase:   catalog.Responding,
	What: "TCP is made for this: what is lost is sent again, a fifth of a second later, and the answer comes, " +
		"whole. A gateway that calls that a 502 has its timeouts too tight. (The packets of the handshake are " +
		"spared: a lost SYN is sent again after a whole second, RFC 6298, section 2.1, and that is as long as the " +
		"gateways' settings here let any connection attempt take.)",
	Made: "An nftables rule in the world: of each connection with the upstream's port the 4th, 7th, 9th, 15th, " +
		"17th and 20th packet is dropped, and so on with each 20. Never are two in a row, so what is lost gets " +
		"through soon, and the first with a request in it always is.",
	Confirmed: "Gatequake's own request is answered 200, and it took a tenth of a second or more, as only a packet " +
		"that was sent again does.",
}, firewall.Rule{Match: firewall.Established, Loss: true}, func(b *site.Bench) confirmation {
	return func(ctx context.Context) (string, error) { return resent(ctx, b) }
})

// again is half the least time after which Linux sends a packet again (200 ms); an answer on loopback takes
// a millisecond.
const again = 100 * time.Millisecond

// resent confirms that a request gets through, and that some of its packets had to be sent again.
func resent(ctx context.Context, b *site.Bench) (string, error) {
	r, _ := b.Direct(ctx, b.Plan.Upstream, 10*time.Second)
	took := r.Connect + r.Took // Where TLS is spoken, the packets that are lost are mostly those of its handshake.
	if r.Status != http.StatusOK || r.End != client.Complete || took < again {
		return "", fmt.Errorf("ask %s: got %d %s after %s, want a whole 200 after %s or more", b.Plan.Upstream,
			r.Status, r.End, took, again)
	}
	return fmt.Sprintf("Gatequake's own request to %s: 200 after %s or more, which takes a packet that was sent again",
		b.Plan.Upstream, again), nil
}
