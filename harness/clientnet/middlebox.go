package clientnet

import (
	"context"
	"errors"
	"fmt"
	"syscall"

	"github.com/gatequake/gatequake/harness/firewall"
)

// headersMax is the length above which a TCP packet carries more than its headers: those of IPv4 and TCP with every
// option that Linux uses are 92 bytes at most (20, 20 and 40 of options, as SACK blocks and a timestamp), rounded up.
const headersMax = 100

// Reset is a middlebox that does not like what it reads.
var Reset = register(Fault{
	ID: "client-reset", Title: "a middlebox on the way resets every connection that carries a request", Sees: NoStatus,
	EndedBy: []string{Provider.ID},
	What: "A censor, a parental control or a broken accelerator on the way lets the handshake through, reads the " +
		"request, and sends a reset in the site's name. The client cannot tell whose it is; the site has a " +
		"connection on which nothing is said.",
	Made:      "A rule at the provider's hop answers packets to the site that carry data with a reset, and drops them.",
	Confirmed: "Gatequake's own dial from the computer succeeds, and what it then sends is answered with a reset.",
	Inject: func(_ context.Context, n *Network) (*Injection, error) {
		rule := n.outbound()
		rule.Match, rule.Longer, rule.Verdict = firewall.Established, headersMax, firewall.RejectRST
		return n.atProvider(func(ctx context.Context) (string, error) {
			if err := n.ask(ctx, n.request("X-Padding: 0123456789\r\n"), replyLimit); !errors.Is(err, syscall.ECONNRESET) {
				return "", fmt.Errorf("ask the site from the computer: got %w, want ECONNRESET", orNone(err))
			}
			return "Gatequake's own request from the computer: connected, then reset; dial from the provider: connected",
				n.confirmSite(ctx)
		}, rule)
	},
})

// AnswerLost is a way that is broken in one direction.
var AnswerLost = register(Fault{
	ID: "answer-lost", Title: "the site's answer is lost on its way", Sees: NoStatus, Reaches: true,
	EndedBy: []string{Provider.ID},
	What: "Packets take another way back than there, and that one is broken, or a middlebox swallows what it does " +
		"not like in the answer. The site has served the request, and logs a success; the client has nothing. A " +
		"POST has been done, and the client cannot know.",
	Made:      "A rule at the provider's hop drops packets from the site that carry data.",
	Confirmed: "Gatequake's own dial from the computer succeeds, and what it then sends gets no answer.",
	Inject: func(_ context.Context, n *Network) (*Injection, error) {
		rule := n.inbound()
		rule.Match, rule.Longer, rule.Verdict = firewall.Established, headersMax, firewall.Drop
		return n.atProvider(func(ctx context.Context) (string, error) {
			if err := n.ask(ctx, n.request(""), silenceWindow); !isLate(err) {
				return "", fmt.Errorf("ask the site from the computer: got %w, want no answer in %s", orNone(err), silenceWindow)
			}
			return fmt.Sprintf("Gatequake's own request from the computer: connected, then no answer in %s; dial from the "+
				"provider: connected", silenceWindow), n.confirmSite(ctx)
		}, rule)
	},
})
