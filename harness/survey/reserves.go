package survey

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/gatequake/gatequake/harness/firewall"
	"github.com/gatequake/gatequake/harness/gateway"
)

// findReserves lets those be dead that serve a probe, one set after another, and sees who is asked then.
func (s *survey) findReserves(ctx context.Context, wall *firewall.Firewall) error {
	done := map[string]bool{}
	for i := range s.kept {
		dead := s.kept[i].serving()
		if key := fmt.Sprint(dead); len(dead) > 0 && !done[key] && ctx.Err() == nil {
			done[key] = true
			if err := s.withDead(ctx, wall, dead); err != nil {
				return err
			}
		}
	}
	return nil
}

// withDead refuses the upstreams, and sends each probe that they serve until another is asked.
func (s *survey) withDead(ctx context.Context, wall *firewall.Firewall, dead []upstreamKey) error {
	for _, u := range dead {
		undo, err := s.refuse(wall, u)
		if err != nil {
			return err
		}
		defer undo()
	}
	for i := range s.kept {
		if k := &s.kept[i]; slices.Equal(k.serving(), dead) {
			s.askDead(ctx, k)
		}
	}
	return nil
}

// askDead sends the probe whose upstreams are dead until another is asked: the first time within milliseconds, where a
// gateway goes by its checks when these have noticed.
func (s *survey) askDead(ctx context.Context, k *candidateProbe) {
	patience := retryTime
	if s.anyWaits() {
		patience = checkTime
	}
	begin := time.Now()
	for try := 0; ctx.Err() == nil && (try < 2 || time.Since(begin) < patience); try++ {
		if try >= reserveTries {
			if patience < checkTime {
				return
			}
			time.Sleep(10 * pollInterval)
		}
		t := s.get(ctx, k.listener, k.host, k.path)
		fresh := slices.DeleteFunc(t.asked, func(u upstreamKey) bool { return slices.Contains(k.asked, u) })
		for _, u := range fresh {
			k.asked = append(k.asked, u)
			switch {
			case !t.gave(u): // It may be asked whether the client may see the other.
			case t.status == k.status:
				k.role(u, gateway.InReserve)
			default:
				k.role(u, gateway.ErrorPage)
			}
		}
		if len(fresh) > 0 {
			return
		}
	}
}

// anyWaits reports whether the gateway checks an upstream that no probe has reached: it may be one in reserve.
func (s *survey) anyWaits() bool {
	conns := s.catchAll.Connections()
	for _, h := range s.catchAll.Hits() {
		if h.Connection < 1 || h.Connection > len(conns) {
			continue
		}
		u := upstreamKey{at: conns[h.Connection-1].To}
		if !slices.ContainsFunc(s.kept, func(k candidateProbe) bool { return slices.Contains(k.asked, u) }) {
			return true
		}
	}
	return false
}
