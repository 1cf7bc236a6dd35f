package html

import (
	"cmp"
	"math"
	"slices"

	"github.com/gatequake/gatequake/harness/cause"
	"github.com/gatequake/gatequake/harness/report"
	"github.com/gatequake/gatequake/harness/verdict"
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
func recoveries(r report.Run) []recovery {
	all := []recovery{}
	for _, c := range r.Columns() {
		times := []float64{}
		for _, v := range r.Verdicts {
			if report.ColumnOf(v) == c && v.Cause != cause.Blocked {
				times = append(times, v.RecoveryTimes()...)
			}
		}
		if len(times) > 0 {
			all = append(all, distribution(c.Gateway+" "+c.Version+" "+c.Setting, "", times))
		}
	}
	return all
}

// maxRepeated bounds the list of repeated experiments: the slowest stand in it.
const maxRepeated = 300

// repeated sums up each experiment that was repeated, the slowest first.
func repeated(r report.Run) []recovery {
	all, medians := []recovery{}, map[string]float64{}
	for _, v := range r.Verdicts {
		if middle, waited := v.MedianRecovery(); waited && len(v.Runs) > 1 {
			d := distribution(v.Gateway+" "+v.Setting+": "+v.ID, cellHref(v), v.RecoveryTimes())
			all, medians[d.Href] = append(all, d), middle
		}
	}
	slices.SortStableFunc(all, func(a, b recovery) int { return cmp.Compare(medians[b.Href], medians[a.Href]) })
	return all[:min(len(all), maxRepeated)]
}

// distribution shows the times, of which there is one at least.
func distribution(name, href string, times []float64) recovery {
	middle := report.Median(slices.Clone(times))
	d := recovery{Name: name, Href: href, Middle: scaled(middle), Median: report.Milliseconds(middle)}
	d.Most = report.Milliseconds(slices.Max(times))
	for _, t := range times {
		if t == verdict.Never {
			d.Never++
			continue // It has no place on the scale.
		}
		d.N++
		d.Ticks = once(d.Ticks, scaled(t)) // One mark for what falls together.
	}
	return d
}

// scaled is the place of a time on a logarithmic scale: 0 for a millisecond or less, 100 for a hundred seconds or
// more, a fifth for each power of ten, with as many places as the eye can tell.
func scaled(ms float64) float64 {
	return math.Round(200*math.Log10(min(max(ms, 1), 1e5))) / 10
}
