// Package cause names what makes a gateway answer 502, and what does not.
package cause

// Cause is one of the reasons for a 502 that the article names, or Blocked for a refusal, which is none of them.
type Cause string

// The causes, and Blocked. DNS is the article's "network issues", the part about names.
const (
	Overload      Cause = "overload"
	Network       Cause = "network"
	DNS           Cause = "dns"
	Firewall      Cause = "firewall"
	Configuration Cause = "configuration"
	Bug           Cause = "bug"
	Blocked       Cause = "block"
)

// All lists the causes in the article's order, then Blocked.
func All() []Cause { return []Cause{Overload, Network, DNS, Firewall, Configuration, Bug, Blocked} }
