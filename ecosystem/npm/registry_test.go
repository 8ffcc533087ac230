package npm

import (
	"fmt"
	"strings"
	"testing"

	"figment/ecosystem"
	"figment/registry/protocol"
)

func BenchmarkPackument(b *testing.B) {
	var doc strings.Builder
	doc.WriteString(`{"name":"widget","dist-tags":{"latest":"1.0.0"},"versions":{"1.0.0":{}`)
	for i := range 3000 {
		fmt.Fprintf(&doc, `,"1.0.%d":{"name":"widget","version":"1.0.%d","dependencies":{"a":"^1.0.0","b":"~2.0.0"},"dist":{"shasum":"%040d","tarball":"https://x/y.tgz","signatures":[{"keyid":"k","sig":"%0100d"}]}}`, i+1, i+1, i, i)
	}
	doc.WriteString(`}}`)
	text := doc.String()
	in := &protocol.Inquiry{Driver: driver(), Query: protocol.Query{Package: ecosystem.Package{Ecosystem: ecosystem.NPM, Name: "widget"}}}
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if r := parse(in, protocol.Request{Doc: docAbbreviated}, &protocol.Response{Body: strings.NewReader(text)}); r.Status != protocol.Present {
			b.Fatal(r)
		}
	}
}

func TestDownloadCounts(t *testing.T) {
	for _, c := range []struct {
		name, body string
		want       string
		ok         bool
	}{
		{"a", `{"downloads":12,"start":"s","end":"e","package":"a"}`, "map[a:12]", true},
		{"a", `{"downloads":12,"package":"b"}`, "map[]", false},
		{"a", `{"downloads":12}`, "map[]", true},
		{"a", `{"downloads":null,"package":"a"}`, "map[]", true},
		{"a", `{"downloads":-1,"package":"a"}`, "map[]", true},
		{"a", `{"downloads":"12","package":"a"}`, "map[]", true},
		{"a", `{"downloads":1e3,"package":"a"}`, "map[]", true},
		{"a", `{"downloads":99999999999999999999,"package":"a"}`, "map[]", true},
		{"", `{"a":{"downloads":1,"package":"a"},"b":null,"downloads":{"downloads":2,"package":"downloads"},"package":{"downloads":3}}`, "map[a:1 downloads:2 package:3]", true},
		{"", `{"a":{"downloads":1,"package":"b"}}`, "map[]", true},
		{"", `{"a":{"downloads":{"x":1}}}`, "map[]", true},
		{"a", `{"error":"package a not found"}`, "map[]", false},
		{"", `{"error":{"downloads":4,"package":"error"}}`, "map[error:4]", true},
		{"a", `[]`, "map[]", false},
		{"a", `{"downloads":12,"package":"a"`, "map[]", false},
		{"a", `<html>`, "map[]", false},
	} {
		in := &protocol.Inquiry{Driver: statistics().Protocol, Query: protocol.Query{Package: ecosystem.Package{Name: c.name}}}
		r := parseDownloads(in, protocol.Request{Doc: protocol.DocDownloads}, &protocol.Response{Body: strings.NewReader(c.body)})
		counts := r.Counts
		if counts == nil {
			counts = map[string]int64{}
		}
		if fmt.Sprint(counts) != c.want || (r.Status == protocol.Present) != c.ok {
			t.Errorf("%s: %v %v %q", c.body, r.Status, r.Counts, r.Reason)
		}
	}
	if u := downloadsRequest(protocol.Root{URL: "https://h/x"}, []string{"a", "b?c"}).URL; u != "https://h/x/downloads/point/last-week/a,b%3Fc" {
		t.Error(u)
	}
	if u := downloadsRequest(protocol.Root{URL: "https://h"}, []string{"@s/b"}).URL; u != "https://h/downloads/point/last-week/@s/b" {
		t.Error(u)
	}
}
