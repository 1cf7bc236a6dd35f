package html

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/gatequake/gatequake/harness/report"
	"github.com/gatequake/gatequake/harness/verdict"
)

// Bounds of one cell of the page, above what Gatequake records of any experiment: what exceeds them was made by
// somebody else.
const (
	// maxText is in bytes, of one text: a body's start is 2 KiB.
	maxText = 4 << 10
	// maxList is the length of a list: a log's 40 lines, a load's 32 probes, 200 moments.
	maxList = 256
)

// bounded returns the verdict with every text in it safe and bounded and every list bounded, and how many entries of
// lists it lacks.
func bounded(v verdict.Verdict) (small verdict.Verdict, dropped int) {
	b := bounder{}
	return b.of(reflect.ValueOf(v)).Interface().(verdict.Verdict), b.dropped
}

type bounder struct{ dropped int }

// Of returns a copy of v, whatever it is made of, so that no field can be forgotten.
func (b *bounder) of(v reflect.Value) reflect.Value {
	out := reflect.New(v.Type()).Elem()
	switch v.Kind() {
	case reflect.String:
		out.SetString(shownLines(v.String()))
	case reflect.Slice:
		n := min(v.Len(), maxList)
		b.dropped += v.Len() - n
		out.Set(reflect.MakeSlice(v.Type(), n, n))
		for i := range n {
			out.Index(i).Set(b.of(v.Index(i)))
		}
	case reflect.Pointer:
		if !v.IsNil() {
			out.Set(reflect.New(v.Type().Elem()))
			out.Elem().Set(b.of(v.Elem()))
		}
	case reflect.Map:
		out.Set(reflect.MakeMap(v.Type()))
		for entry := v.MapRange(); entry.Next(); {
			if out.Len() == maxList {
				b.dropped++
				continue
			}
			out.SetMapIndex(b.of(entry.Key()), b.of(entry.Value()))
		}
	case reflect.Struct:
		out.Set(v)
		for i := range v.NumField() {
			if out.Field(i).CanSet() {
				out.Field(i).Set(b.of(v.Field(i)))
			}
		}
	default:
		out.Set(v)
	}
	return out
}

// shownLines makes s safe line by line, bounded.
func shownLines(s string) string {
	all := strings.Split(cut(s), "\n")
	for i, l := range all {
		all[i] = report.Safe(strings.TrimSuffix(l, "\r"))
	}
	return strings.Join(all, "\n")
}

// cut shortens s to maxText, and says by how much.
func cut(s string) string {
	if len(s) <= maxText {
		return s
	}
	return fmt.Sprintf("%s… (%d bytes more)", strings.ToValidUTF8(s[:maxText], ""), len(s)-maxText)
}
