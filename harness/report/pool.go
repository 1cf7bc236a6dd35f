package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/gatequake/gatequake/harness/record"
	"github.com/gatequake/gatequake/harness/verdict"
)

// PoolLegend explains the cells of pool.
const PoolLegend = "The share of GET / POST requests that were not served while one of two members was broken; after " +
	"how many requests of each it was avoided (∞: it was " +
	"not), or delayed nobody; and how long after it was mended it served again. Of several runs, all requests, and the " +
	"medians"

// Pools returns the run with the verdicts only in which a member of a pool was broken.
func (r Run) Pools() Run {
	r.Verdicts = slices.DeleteFunc(slices.Clone(r.Verdicts), func(v verdict.Verdict) bool { return len(v.Pool) == 0 })
	return r
}

// PoolCell is "50/50 % ∞/∞ 4ms".
func PoolCell(v verdict.Verdict) string {
	runs := v.Runs
	if len(runs) == 0 {
		runs = []verdict.Run{{Pool: v.Pool}}
	}
	lost, avoided := []string{}, []string{}
	for i := range v.Pool {
		failed, requests, after := 0, 0, []int{}
		for _, one := range runs {
			if i < len(one.Pool) { // A run that was stopped early has fewer.
				failed, requests, after = failed+one.Pool[i].Failed, requests+one.Pool[i].Requests, append(after,
					avoidedAfter(one.Pool[i]))
			}
		}
		lost = append(lost, fmt.Sprint((100*failed+requests/2)/max(requests, 1)))
		avoided = append(avoided, strings.Replace(fmt.Sprint(Median(after)), fmt.Sprint(notAvoided), "∞", 1))
	}
	parts := []string{strings.Join(lost, "/") + " %", strings.Join(avoided, "/")}
	if ms, waited := v.MedianRecovery(); ms == verdict.Never {
		parts = append(parts, "never")
	} else if waited {
		parts = append(parts, (time.Duration(ms) * time.Millisecond).String())
	}
	return strings.Join(parts, " ")
}

// notAvoided is after how many requests a member is avoided that never is: after more than any number.
const notAvoided = math.MaxInt

func avoidedAfter(s record.PoolSample) int {
	if s.EjectedAfter < 0 {
		return notAvoided
	}
	return s.EjectedAfter
}

// Median returns the middle one of the values, the upper one of two; the zero value of none.
func Median[T cmp.Ordered](values []T) (middle T) {
	if len(values) == 0 {
		return middle
	}
	slices.Sort(values)
	return values[len(values)/2]
}
