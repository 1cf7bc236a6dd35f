package cli

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/gatequake/gatequake/harness/client"
	"github.com/gatequake/gatequake/harness/foreign"
)

// har is what is read of an HTTP Archive 1.2 (http://www.softwareishard.com/blog/har-12-spec/).
type har struct {
	Log struct {
		Entries []struct {
			Time    float64 // in milliseconds, of the whole exchange
			Request struct {
				Method, URL string
			}
			Response struct {
				Status  int // 0 when there was no answer
				Headers []struct {
					Name, Value string
				}
				Content struct {
					Text, Encoding string
				}
			}
		}
	}
}

// maxAnswers bounds how many answers of a recording are diagnosed: those of a page that fails altogether.
const maxAnswers = 50

// What is beyond these is no status, and no time that anybody waited.
const (
	maxStatus = 999
	maxTook   = 7 * 24 * time.Hour
)

// recorded returns the answers of 400 and above in a HAR file, and those that never came.
func recorded(file string) ([]answer, error) {
	text, err := foreign.Read(file, maxHAR)
	if err != nil {
		return nil, usage("--har: %s: %s; want a recording that a browser exported", file, reason(err, ""))
	}
	all, err := parseHAR(text)
	if err != nil {
		return nil, usage("--har: %s: %w", file, err)
	}
	return all, nil
}

// parseHAR reads the text of a HAR file. The error is one line.
func parseHAR(text []byte) ([]answer, error) {
	var h har
	if err := json.Unmarshal(text, &h); err != nil {
		return nil, fmt.Errorf("%w; want HTTP Archive 1.2, which is JSON", err)
	}
	all := []answer{}
	for _, e := range h.Log.Entries {
		r := e.Response
		if r.Status != 0 && (r.Status < http.StatusBadRequest || r.Status > maxStatus) || len(all) == maxAnswers {
			continue
		}
		header, page, end := http.Header{}, []byte(r.Content.Text), client.Complete
		for _, field := range r.Headers {
			header.Add(field.Name, field.Value)
		}
		header.Del("Content-Encoding") // A HAR file has the page as it was read.
		if r.Content.Encoding == "base64" {
			if plain, err := base64.StdEncoding.DecodeString(r.Content.Text); err == nil {
				page = plain
			}
		}
		if r.Status == 0 {
			end = client.Closed
		}
		took := time.Duration(-1) // Nobody knows.
		if ms := float64(time.Millisecond); e.Time >= 0 && e.Time*ms <= float64(maxTook) {
			took = time.Duration(e.Time * ms)
		}
		all = append(
			all,
			answer{
				what: fmt.Sprintf("%s %s", e.Request.Method, e.Request.URL),
				Sign: sign(r.Status, end, took, header, page),
			},
		)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("got %d answers, all below 400; want one that failed", len(h.Log.Entries))
	}
	return all, nil
}
