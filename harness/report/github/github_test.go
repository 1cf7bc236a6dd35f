package github

import (
	"testing"

	"github.com/gatequake/gatequake/harness/report/reporttest"
)

func TestAnnotations(t *testing.T) {
	reporttest.Golden(t, "annotations.txt", []byte(Annotations(reporttest.Sample())))
	reporttest.Golden(t, "annotations-own.txt", []byte(Annotations(reporttest.Aimed())))
}
