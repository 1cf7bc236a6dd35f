package site

import (
	"errors"
	"strings"
)

// inapplicable is why a fault does not apply to a gateway of the user's own, or to the upstream. It wraps
// errors.ErrUnsupported.
type inapplicable string

// Error is the reason.
func (i inapplicable) Error() string { return string(i) }

// Unwrap makes it known for what it is.
func (i inapplicable) Unwrap() error { return errors.ErrUnsupported }

// Inapplicable is the error of a fault that does not apply to the upstream, for the reason. It wraps
// errors.ErrUnsupported.
func Inapplicable(reason string) error { return inapplicable(reason) }

// WhyInapplicable is the reason of an error of Inapplicable, whatever it is wrapped in, and false for other errors.
func WhyInapplicable(err error) (why string, so bool) {
	not := inapplicable("")
	so = errors.As(err, &not)
	return string(not), so
}

// Cannot tells whether err is one of something that cannot be done here, which wraps errors.ErrUnsupported, whatever
// its words are; and if so, why.
func Cannot(err error) (why string, cannot bool) {
	if !errors.Is(err, errors.ErrUnsupported) {
		return "", false
	}
	return strings.TrimSuffix(err.Error(), ": "+errors.ErrUnsupported.Error()), true
}
