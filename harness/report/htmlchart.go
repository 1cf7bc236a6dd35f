package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/gatequake/gatequake/harness"
)

// recovery is how long it took until service came back, several times over.
type recovery struct {
	Name, Href string
	// Ticks are the places of the single times on a scale from 0 to 100, as scaled has them; Middle that of the median.
	Ticks  []float64
	Middle float64
	// N, Median and Most are what the picture shows, in words. Never is how often service did not come back.
	N            int
	Median, Most string
	Never        int
}

// recoveries sums up each gateway in each setting, over every fault that was tried on it.
func (r Run) recoveries() []recovery {
	all := []recovery{}
	for _, c := range r.columns() {
		times, never := []float64{}, 0
		for _, v := range r.Verdicts {
			if columnOf(v) != c || v.Cause == harness.Blocked || len(v.Observations) == 0 {
				continue
			}
			for _, t := range recoveryTimes(v) {
				if t < 0 {
					never++
				} else {
					times = append(times, t)
				}
			}
		}
		all = append(all, distribution(c.gateway+" "+c.version+" "+c.setting, "", times, never))
	}
	return slices.DeleteFunc(all, func(d recovery) bool { return d.N == 0 })
}

// maxRepeated bounds the list of repeated experiments: the slowest stand in it.
const maxRepeated = 300

// repeated sums up each experiment that was repeated, the slowest first.
func (r Run) repeated() []recovery {
	all, medians := []recovery{}, map[string]float64{}
	for _, v := range r.Verdicts {
		if len(v.Runs) < 2 {
			continue
		}
		times := slices.DeleteFunc(recoveryTimes(v), func(t float64) bool { return t < 0 })
		if len(times) > 0 {
			d := distribution(v.Gateway+" "+v.Setting+": "+v.ID, cellHref(v), times, len(v.Runs)-len(times))
			all, medians[d.Href] = append(all, d), median(slices.Clone(times))
		}
	}
	slices.SortStableFunc(all, func(a, b recovery) int { return cmp.Compare(medians[b.Href], medians[a.Href]) })
	return all[:min(len(all), maxRepeated)]
}

// recoveryTimes are those of the verdict's runs, in milliseconds.
func recoveryTimes(v harness.Verdict) []float64 {
	if len(v.Runs) == 0 {
		return []float64{v.RecoveryMS}
	}
	times := []float64{}
	for _, run := range v.Runs {
		times = append(times, run.RecoveryMS)
	}
	return times
}

func distribution(name, href string, times []float64, never int) recovery {
	d := recovery{Name: name, Href: href, N: len(times), Never: never}
	if len(times) == 0 {
		return d
	}
	middle := median(slices.Clone(times))
	d.Middle, d.Median, d.Most = scaled(middle), milliseconds(middle), milliseconds(slices.Max(times))
	for _, t := range times {
		d.Ticks = once(d.Ticks, scaled(t)) // One mark for what falls together.
	}
	return d
}

// scaled is the place of a time on a logarithmic scale: 0 for a millisecond or less, 100 for a hundred seconds or more, a fifth for each power of ten, with as many
// places as the eye can tell.
func scaled(ms float64) float64 {
	return math.Round(200*math.Log10(min(max(ms, 1), 1e5))) / 10
}

// milliseconds writes a time as people do: 3.1 ms, 250 ms, 1.5 s.
func milliseconds(ms float64) string {
	switch {
	case ms < 10:
		return fmt.Sprintf("%.1f ms", ms)
	case ms < 1000:
		return fmt.Sprintf("%.0f ms", ms)
	}
	return fmt.Sprintf("%.1f s", ms/1000)
}
