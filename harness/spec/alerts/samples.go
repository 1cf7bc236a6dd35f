package alerts

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/textparse"
	"github.com/prometheus/prometheus/model/timestamp"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
	"github.com/prometheus/prometheus/tsdb/chunks"
	"github.com/prometheus/prometheus/util/annotations"
)

// samples is what was scraped, in memory: all that PromQL wants of a storage. Whoever scrapes evaluates, too, so that
// nobody else is in it.
type samples struct {
	series map[string]*series
}

type series struct {
	labels labels.Labels
	values []chunks.Sample
}

func newSamples() *samples { return &samples{series: map[string]*series{}} }

// take reads a page of metrics.
func (s *samples) take(page []byte, at time.Time) error {
	p := textparse.NewPromParser(page, labels.NewSymbolTable())
	for {
		entry, err := p.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read metrics: %w", err)
		}
		if entry != textparse.EntrySeries {
			continue
		}
		var l labels.Labels
		p.Metric(&l)
		_, _, v := p.Series()
		s.add(l, timestamp.FromTime(at), v)
	}
}

func (s *samples) add(l labels.Labels, at int64, v float64) {
	one, known := s.series[l.String()]
	if !known {
		one = &series{labels: l}
		s.series[l.String()] = one
	}
	one.values = append(one.values, sample{at, v})
}

// Querier implements storage.Queryable.
func (s *samples) Querier(from, to int64) (storage.Querier, error) {
	return &storage.MockQuerier{
		SelectMockFunction: func(_ bool, _ *storage.SelectHints, matchers ...*labels.Matcher) storage.SeriesSet {
			found := &set{}
			for _, one := range s.series {
				if slices.ContainsFunc(
					matchers,
					func(m *labels.Matcher) bool { return !m.Matches(one.labels.Get(m.Name)) },
				) {
					continue
				}
				first, _ := slices.BinarySearchFunc(
					one.values,
					from,
					func(v chunks.Sample, t int64) int { return int(v.T() - t) },
				)
				last, _ := slices.BinarySearchFunc(
					one.values,
					to+1,
					func(v chunks.Sample, t int64) int { return int(v.T() - t) },
				)
				found.all = append(found.all, storage.NewListSeries(one.labels, one.values[first:last]))
			}
			slices.SortFunc(
				found.all,
				func(a, b storage.Series) int { return labels.Compare(a.Labels(), b.Labels()) },
			)
			return found
		},
	}, nil
}

// set is a storage.SeriesSet over a list.
type set struct {
	all []storage.Series
	now storage.Series
}

// Next implements storage.SeriesSet.
func (s *set) Next() bool {
	if len(s.all) == 0 {
		return false
	}
	s.now, s.all = s.all[0], s.all[1:]
	return true
}

// At implements storage.SeriesSet.
func (s *set) At() storage.Series { return s.now }

// Err implements storage.SeriesSet.
func (s *set) Err() error { return nil }

// Warnings implements storage.SeriesSet.
func (s *set) Warnings() annotations.Annotations { return nil }

// sample is a chunks.Sample of a number.
type sample struct {
	at    int64
	value float64
}

// T implements chunks.Sample.
func (s sample) T() int64 { return s.at }

// F implements chunks.Sample.
func (s sample) F() float64 { return s.value }

// H implements chunks.Sample.
func (s sample) H() *histogram.Histogram { return nil }

// FH implements chunks.Sample.
func (s sample) FH() *histogram.FloatHistogram { return nil }

// Type implements chunks.Sample.
func (s sample) Type() chunkenc.ValueType { return chunkenc.ValFloat }

// Copy implements chunks.Sample.
func (s sample) Copy() chunks.Sample { return s }
