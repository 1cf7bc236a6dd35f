package verdict

import "fmt"

// Check is one promise and whether it was kept.
type Check struct {
	// Name is stable; see package check.
	Name string `json:"name"`
	OK   bool   `json:"ok"`
	// Of is the probe that it is about; empty for the experiment as a whole.
	Of string `json:"of,omitempty"`
	// Got and Want say what was promised and what came, when it was not kept.
	Got  string `json:"got,omitempty"`
	Want string `json:"want,omitempty"`
	// Harm is what it does to people that it was not kept, a check.Harm; empty when it was.
	Harm string `json:"harm,omitempty"`
	// BearsMS is, of one that was not kept, how late the machine may be before it says nothing of the gateway; zero
	// for one that does not depend on time. LateMS is how late it was, while that probe, or the recovery, was on its
	// way.
	BearsMS float64 `json:"bears_ms,omitempty"`
	LateMS  float64 `json:"late_ms,omitempty"`
}

// Broken reports whether the promise was not kept.
func (c Check) Broken() bool { return !c.OK }

// String is one line for a report.
func (c Check) String() string {
	s := c.Name
	if c.Of != "" {
		s += " of " + c.Of
	}
	if c.OK {
		return s
	}
	return fmt.Sprintf("%s: got %s, want %s", s, c.Got, c.Want)
}
