package faults

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"github.com/gatequake/gatequake/harness/upstream"
)

// maxFill bounds one {{fill N}}: more than the buffer of any gateway's default holds.
const maxFill = 1 << 20

// maxAnswer bounds the bytes of one answer: a file of 64 KiB has room for marks that stand for gigabytes.
const maxAnswer = 8 << 20

// parseLine appends the bytes that the line stands for. Its error begins with the column.
func (a *answer) parseLine(line string) error {
	for rest := line; rest != ""; {
		column := len(line) - len(rest) + 1
		if strings.HasPrefix(rest, "{{") {
			mark, after, _ := strings.Cut(rest, "}}")
			filling, err := fill(mark)
			if err != nil || len(mark) == len(rest) {
				return fmt.Errorf("%d: got %.20q, want {{nonce}} or {{fill N}} with N from 1 to %d", column,
					rest, maxFill)
			}
			if len(a.bytes)+len(filling) > maxAnswer {
				return fmt.Errorf("%d: got more than %d bytes of answer with this %.20q, want that many at most",
					column, maxAnswer, rest)
			}
			a.bytes, rest = append(a.bytes, filling...), after
			continue
		}
		r, multibyte, after, err := strconv.UnquoteChar(rest, 0)
		switch {
		case err != nil:
			return fmt.Errorf("%d: got %.8q, want an escape such as \\r, \\n, \\t, \\\\ or \\xNN", column, rest)
		case multibyte:
			a.bytes = append(a.bytes, string(r)...)
		default:
			a.bytes = append(a.bytes, byte(r))
		}
		rest = after
	}
	return nil
}

// fill returns what the mark, without its end, stands for.
func fill(mark string) ([]byte, error) {
	if mark+"}}" == upstream.NonceMark {
		return []byte(upstream.NonceMark), nil
	}
	n, err := strconv.Atoi(strings.TrimPrefix(mark, "{{fill "))
	if err == nil && (n < 1 || n > maxFill) {
		err = strconv.ErrRange
	}
	if err != nil {
		return nil, err
	}
	return bytes.Repeat([]byte("x"), n), nil
}
