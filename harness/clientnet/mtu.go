package clientnet

import (
	"context"
	"fmt"
	"strings"

	"github.com/gatequake/gatequake/harness/firewall"
)

// tunnelMTU is what a path takes that has a tunnel in it, and largeRequest what a request carries to need more than one
// such packet.
const (
	tunnelMTU    = 1280
	largeRequest = 4 << 10
)

// MTUBlackhole is a path that takes small packets only, and does not say so.
var MTUBlackhole = register(Fault{
	ID: "mtu-blackhole", Title: "a hop on the way loses every packet that is large", Sees: NoStatus,
	MinRequestBytes: largeRequest,
	EndedBy:         []string{Provider.ID},
	What: "There is a tunnel on the way, which takes smaller packets than an Ethernet, and a firewall that drops " +
		"the ICMP messages by which a sender would hear of it (RFC 2923). Connections come about, short questions " +
		"are answered, and all that is longer hangs: a form, a large cookie, an upload.",
	Made: "A rule at the provider's hop drops every packet to the site that is longer than 1280 bytes, and says " +
		"nothing.",
	Confirmed: "Gatequake's own short request from the computer is answered, one of four KiB is not.",
	Inject: func(_ context.Context, n *Network) (*Injection, error) {
		rule := n.outbound()
		rule.Longer, rule.Verdict = tunnelMTU, firewall.Drop
		return n.atProvider(func(ctx context.Context) (string, error) {
			if err := n.ask(ctx, n.request(""), replyLimit); err != nil {
				return "", fmt.Errorf("ask the site a short thing: %w", err)
			}
			if err := n.ask(ctx, n.request("Cookie: "+strings.Repeat("x", largeRequest)+"\r\n"), silenceWindow); !isLate(err) {
				return "", fmt.Errorf("ask the site a long thing: got %w, want no answer in %s", orNone(err), silenceWindow)
			}
			return fmt.Sprintf("Gatequake's own short request: answered; one of %d bytes: no answer in "+
				"%s", largeRequest, silenceWindow), nil
		}, rule)
	},
})
