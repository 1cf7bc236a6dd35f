package survey

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/gatequake/gatequake/harness/gateway"
)

// mentionsHash is how configurations give each client, or each URL, a member of its own in a pool.
var mentionsHash = regexp.MustCompile(`(?i)\bbalance\s+(?:source|uri|url_param|hdr|hash|rdp)|\bip_hash\b|\bhash\s+\$|` +
	`\bhash_policy\b|\bring_hash\b|\bmaglev\b|\b(?:ip|uri|client_ip)_hash\b|directors\.(?:hash|shard)|\bsource-?hash\b|` +
	`\bstick on\b`)

// hashTries is how many clients, and how many URLs, are tried for the members of such a pool: enough for one of two to
// be missed once in some hundred times.
const hashTries = 8

// findHashed adds to what is kept the members of its pool that serve other clients, or other URLs: while all are well,
// who is asked for nothing is no reserve for that. Those of another pool are told by that no variant of the question
// reaches the same as the question.
func (s *survey) findHashed(ctx context.Context) {
	if !mentionsHash.MatchString(s.words.code) {
		return
	}
	for i := range s.kept {
		k := &s.kept[i]
		if len(k.asked) == 0 || k.hashed || k.protocol == gateway.WebSocket || k.protocol == gateway.GRPC {
			continue
		}
		k.hashed = true
		if !k.from.IsValid() && s.addVariants(ctx, k, func(n int) question {
			in := clients
			if k.listener.Door().Addr().Is6() {
				in = clients6
			}
			return k.with(question{from: gateway.AddressIn(in, n)})
		}) {
			s.setSpread(true)
			s.byAddress = true
		}
		// What stands behind a path may be another's.
		path := k.path + "?gatequake=%d"
		if k.path == "/" {
			path = "/gatequake-%d"
		}
		if !strings.Contains(k.path, "?") {
			s.addVariants(ctx, k, func(n int) question { return k.with(question{path: fmt.Sprintf(path, n)}) })
		}
	}
}

// addVariants adds those whom variants of the probe's question ask, if some ask the same as the question, and reports
// whether there were any.
func (s *survey) addVariants(ctx context.Context, k *candidateProbe, variant func(int) question) bool {
	same, others := false, []upstreamKey{}
	for n := range hashTries {
		for _, u := range s.send(ctx, k.listener, variant(n+1)).asked {
			if slices.Contains(k.asked, u) {
				same = true
			} else if !slices.Contains(others, u) {
				others = append(others, u)
			}
		}
	}
	if !same || len(others) == 0 {
		return false
	}
	k.asked = append(k.asked, others...)
	return true
}
