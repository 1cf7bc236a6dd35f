package own

import (
	"cmp"
	"time"

	"github.com/gatequake/gatequake/harness/gateway"
)

// IdleTimeout implements site.Idler: what the file says of the upstream, or what upstreams come with.
func (s *Site) IdleTimeout() time.Duration { return cmp.Or(s.Upstream.Idle, gateway.CommonIdle) }
