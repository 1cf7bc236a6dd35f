package wording

import (
	"bytes"
	"net/http"
	"strings"
	"unicode"

	"golang.org/x/net/html"
)

// maxPage is how much of a page is read: several times the largest block page known, which is some 10 KB, most
// of it style.
const maxPage = 128 << 10

// text returns the words of a page as a person reads them, and those of its machine-readable reason (Proxy-Status,
// RFC 9209). A page that is compressed has none.
func text(header http.Header, body []byte) string {
	var said strings.Builder
	said.WriteString(strings.Join(header.Values("Proxy-Status"), " "))
	if header.Get("Content-Encoding") != "" {
		return words(said.String())
	}
	hidden := 0
	z := html.NewTokenizer(bytes.NewReader(body[:min(len(body), maxPage)]))
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			return words(said.String())
		}
		name, _ := z.TagName()
		switch tag := string(name); {
		case kind == html.TextToken && hidden == 0:
			said.WriteByte(' ')
			said.Write(z.Text())
		case tag != "script" && tag != "style" && tag != "template":
		case kind == html.StartTagToken:
			hidden++
		case kind == html.EndTagToken && hidden > 0:
			hidden--
		}
	}
}

// words returns s in lower case, with one space for whatever is between two words. An apostrophe, in either form,
// is part of its word.
func words(s string) string {
	fields := strings.FieldsFunc(strings.ToLower(s), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '\'' && r != '’'
	})
	return strings.ReplaceAll(strings.Join(fields, " "), "’", "'")
}
