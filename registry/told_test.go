package registry

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"figment/ecosystem"
	"figment/registry/protocol"
)

// TestPyPICreated: the oldest upload is the birth only where nothing seems to be
// missing before it.
func TestPyPICreated(t *testing.T) {
	day := func(s string) time.Time { d, _ := time.Parse(time.DateOnly, s); return d }
	for _, c := range []struct {
		files          string // version=day; without a day: listed, no files
		created, since string
	}{
		{"0.1=2015-01-01 1.0=2016-01-01", "2015-01-01", "2015-01-01"},
		{"1.0.0=2026-11-20", "2026-11-20", "2026-11-20"},
		{"0.9=2011-01-01 2026.1=2026-01-01", "2011-01-01", "2011-01-01"}, // moved to calendar versions
		{"2026.1=2026-01-01", "", "2026-01-01"},
		{"5.0=2026-01-01 5.1=2026-02-01", "", "2026-01-01"},
		{"2.0=2026-01-01", "", "2026-01-01"},
		{"0.5=2021-01-01 1.0=2020-01-01", "", "2020-01-01"},           // the lowest came later
		{"0.5=2020-01-02 1.0=2020-01-01", "2020-01-01", "2020-01-01"}, // all on one day
		{"0.1 1.0=2026-01-01", "", "2026-01-01"},                      // its files are gone
		{"1!0.1=2020-01-01", "2020-01-01", "2020-01-01"},
		{"not-a-version 0.1=2020-01-01", "2020-01-01", "2020-01-01"},
		{"0.1.dev1=2020-01-01 0.1=2020-02-01", "2020-01-01", "2020-01-01"},
		{"", "", ""},
	} {
		var versions, files []string
		for _, f := range strings.Fields(c.files) {
			v, at, has := strings.Cut(f, "=")
			versions = append(versions, fmt.Sprintf("%q", v))
			if has {
				files = append(files, fmt.Sprintf(`{"filename":"x-%s.tar.gz","upload-time":"%sT00:00:00Z"}`, v, at))
			}
		}
		body := fmt.Sprintf(`{"meta":{"api-version":"1.1"},"name":"x","versions":[%s],"files":[%s]}`, strings.Join(versions, ","), strings.Join(files, ","))
		d := find(ecosystem.PyPI)
		in := &protocol.Inquiry{Driver: d, Root: protocol.Root{URL: d.Official}, Query: protocol.Query{Package: ecosystem.Package{Ecosystem: ecosystem.PyPI, Name: "x"}}}
		r := pypiParse(in, protocol.Request{Doc: docSimple}, &protocol.Response{Body: strings.NewReader(body)})
		if c.created == "" && !r.Created.IsZero() || c.created != "" && !r.Created.Equal(day(c.created)) || c.since != "" && !r.KnownSince.Equal(day(c.since)) {
			t.Errorf("%s: created %v, known since %v", c.files, r.Created, r.KnownSince)
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
		in := &protocol.Inquiry{Driver: npmStatistics().Protocol, Query: protocol.Query{Package: ecosystem.Package{Name: c.name}}}
		r := downloadsParse(in, protocol.Request{Doc: protocol.DocDownloads}, &protocol.Response{Body: strings.NewReader(c.body)})
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
