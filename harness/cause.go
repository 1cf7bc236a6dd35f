package harness

// Cause is one of the reasons for a 502 that the article names, or Block for a refusal, which is none.
type Cause string

// The causes, and Block. DNS is the article's "network issues", the part about names.
const (
	Overload      Cause = "overload"
	Network       Cause = "network"
	DNS           Cause = "dns"
	Firewall      Cause = "firewall"
	Configuration Cause = "configuration"
	Bug           Cause = "bug"
	Blocked       Cause = "block"
)

// Causes lists the causes in the article's order, then Blocked.
func Causes() []Cause { return []Cause{Overload, Network, DNS, Firewall, Configuration, Bug, Blocked} }
