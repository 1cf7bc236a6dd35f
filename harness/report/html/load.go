package html

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/gatequake/gatequake/harness/report"
	"github.com/gatequake/gatequake/harness/verdict"
)

// share is how much of a load was answered with a 502, or not served.
type share struct {
	Name, Href, Request string
	Bad, All            int
	// Percent is Bad of All; Answers lists every answer.
	Percent float64
	Answers string
}

func shares(r report.Run) []share {
	all := []share{}
	for _, v := range r.Verdicts {
		requests, byRequest := []string{}, map[string]*share{}
		for _, key := range slices.Sorted(maps.Keys(v.Counts)) {
			request, answer, _ := strings.Cut(key, ": ")
			if byRequest[request] == nil {
				byRequest[request] = &share{
					Name:    v.Gateway + " " + v.Setting + ": " + v.ID,
					Href:    cellHref(v),
					Request: request,
				}
				requests = append(requests, request)
			}
			s, n := byRequest[request], v.Counts[key]
			s.All += n
			if strings.HasPrefix(answer, "502 ") {
				s.Bad += n
			}
			s.Answers = strings.TrimPrefix(fmt.Sprintf("%s, %d × %s", s.Answers, n, answer), ", ")
		}
		for _, request := range requests {
			s := byRequest[request]
			all = append(all, s.counted())
		}
	}
	return all
}

// unserved tells how much was not served while one of two members of a pool was broken, of all runs.
func unserved(r report.Run) []share {
	all := []share{}
	for _, v := range r.Verdicts {
		runs := v.Runs
		if len(runs) == 0 {
			runs = []verdict.Run{{Pool: v.Pool}}
		}
		for i, first := range v.Pool {
			s, delayed := share{
				Name:    v.Gateway + " " + v.Setting + ": " + v.ID,
				Href:    cellHref(v),
				Request: first.Method,
			}, 0
			for _, one := range runs {
				if i < len(one.Pool) { // A run that was stopped early has fewer.
					s.Bad, s.All, delayed = s.Bad+one.Pool[i].Failed, s.All+one.Pool[i].Requests, delayed+one.Pool[i].Delayed
				}
			}
			s.Answers = fmt.Sprintf("%d were served late", delayed)
			if first.EjectedAfter >= 0 && len(runs) == 1 {
				s.Answers += fmt.Sprintf("; none after the first %d", first.EjectedAfter)
			}
			all = append(all, s.counted())
		}
	}
	return all
}

func (s share) counted() share {
	s.Percent = math.Round(1000*float64(s.Bad)/float64(max(s.All, 1))) / 10
	return s
}
