package report

import (
	"fmt"
	"strings"
	"time"
)

// Speed says, of the milliseconds that results.json keeps, how many experiments there were in a second, and what one
// took of a CPU, by gateway, worlds included. Only those that ran are counted.
func (r Run) Speed() string {
	ran, spent, all := map[string]int{}, map[string]float64{}, 0
	for _, v := range r.Verdicts {
		if v.CPUMS > 0 && KindOf(v) != Unsupported {
			n := max(len(v.Runs), 1)
			ran[v.Gateway] += n
			spent[v.Gateway] += v.CPUMS / 1000
			all += n
		}
	}
	if all == 0 || r.Took < time.Millisecond {
		return ""
	}
	parts := []string{}
	for _, g := range r.Gateways() {
		if ran[g] > 0 {
			parts = append(parts, fmt.Sprintf("%s %.3f", Safe(g), spent[g]/float64(ran[g])))
		}
	}
	return fmt.Sprintf("%.1f experiments a second; CPU seconds for one: %s\n",
		float64(all)/r.Took.Truncate(time.Millisecond).Seconds(), strings.Join(parts, ", "))
}
