// Package matchers says of records what a client would say of answers: Gomega matchers, made to be imported with a
// dot. They look at records only, never at a live response, so a second look sees the same.
package matchers

import (
	"fmt"

	"github.com/onsi/gomega/format"
)

// of makes match an error for everything but a T, nil included, which gcustom would take for a zero T.
func of[T any](match func(T) bool) func(any) (bool, error) {
	return func(actual any) (bool, error) {
		record, ok := actual.(T)
		if !ok {
			return false, fmt.Errorf("match record: want a %T, got:\n%s", record, format.Object(actual, 1))
		}
		return match(record), nil
	}
}
