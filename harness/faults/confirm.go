package faults

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/site"
)

// confirmation proves a fault without the gateway.
type confirmation = func(context.Context) (string, error)

// confirmEnd confirms that a request straight to the upstream's address ends so.
func confirmEnd(b *site.Bench, at netip.AddrPort, want client.End) confirmation {
	return func(ctx context.Context) (string, error) {
		r, _ := b.Direct(ctx, at, 10*silenceWindow)
		if r.End != want {
			return "", fmt.Errorf("ask %s: got %d %s (%s), want %s", at, r.Status, r.End, r.Error, want)
		}
		return fmt.Sprintf("Gatequake's own request to %s: %s", at, r.End), nil
	}
}

// confirmNoReply confirms that a connection attempt to the upstream's address gets no reply at all.
func confirmNoReply(b *site.Bench, at netip.AddrPort) confirmation {
	return func(ctx context.Context) (string, error) {
		r, _ := b.Direct(ctx, at, silenceWindow)
		if r.End != client.TimedOut || r.Connect != 0 || b.Answers(ctx, at, silenceWindow) {
			return "", fmt.Errorf("dial %s: got %s (connected in %s), want no reply in %s", at, r.End, r.Connect, silenceWindow)
		}
		return fmt.Sprintf("Gatequake's own dial to %s: no reply in %s", at, silenceWindow), nil
	}
}

// confirmSilence confirms that the upstream's address takes a connection and a request, and says nothing. On a busy
// machine it may take the connection late.
func confirmSilence(b *site.Bench, at netip.AddrPort) confirmation {
	return func(ctx context.Context) (string, error) {
		r, _ := b.Direct(ctx, at, silenceWindow)
		taken := r.Connect != 0 || b.Answers(ctx, at, 10*silenceWindow)
		if !taken && r.End == client.TimedOut {
			r, _ = b.Direct(ctx, at, 10*silenceWindow)
			taken = r.Connect != 0
		}
		if r.End != client.TimedOut || !taken || r.Status != 0 {
			return "", fmt.Errorf("ask %s: got %d %s, want a connection and then silence for %s", at, r.Status,
				r.End, silenceWindow)
		}
		return fmt.Sprintf("Gatequake's own request to %s: connected, then silence for %s", at, silenceWindow), nil
	}
}

// confirmStatus confirms that a request straight to the upstream's address is answered with the status, no sooner than
// after atLeast.
func confirmStatus(b *site.Bench, at netip.AddrPort, status int, atLeast time.Duration) confirmation {
	return confirmStatusBy(b, at, status, atLeast, client.Complete)
}

// confirmStatusBy does the same of an answer that may end in any of these ways.
func confirmStatusBy(
	b *site.Bench, at netip.AddrPort, status int, atLeast time.Duration, ends ...client.End,
) confirmation {
	return func(ctx context.Context) (string, error) {
		r, _ := b.Direct(ctx, at, atLeast+10*time.Second)
		if r.Status != status || !slices.Contains(ends, r.End) || r.Took < atLeast {
			return "", fmt.Errorf("ask %s: got %d %s in %s, want a whole %d after %s or more", at, r.Status, r.End,
				r.Took, status, atLeast)
		}
		return fmt.Sprintf("Gatequake's own request to %s: %d after %s or more", at, r.Status, atLeast), nil
	}
}
