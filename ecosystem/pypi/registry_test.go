package pypi

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"figment/ecosystem"
	"figment/registry/protocol"
)

func TestWheelNames(t *testing.T) {
	for _, c := range []struct{ project, file, want string }{
		{"widget", "widget-1.0.tar.gz", "1.0"},
		{"widget", "widget-1.0-py3-none-any.whl", "1.0"},
		{"widget", "widget-1.0-1-py3-none-any.whl", "1.0"},
		{"my-lib", "my_lib-2.0rc1.zip", "2.0rc1"},
		{"my-lib", "my-lib-2.0.tar.bz2", "2.0"},
		{"my-lib", "My.Lib-2.0.tgz", "2.0"},
		{"widget", "widget-1.0-py2.7.egg", "1.0"},
		{"widget", "widget-1.0.win-amd64-py3.8.exe", "1.0"},
		{"widget", "widget-extra-1.0.tar.gz", "extra-1.0"},
		{"widget", "other-1.0.tar.gz", ""},
		{"widget", "widget.txt", ""},
		{"widget", "widget", ""},
	} {
		if got := fileVersion(c.project, c.file); got != c.want {
			t.Errorf("%s of %s: %q, want %q", c.file, c.project, got, c.want)
		}
	}
}

// TestCreated: the oldest upload is the birth only where nothing seems to be
// missing before it.
func TestCreated(t *testing.T) {
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
		d := driver()
		in := &protocol.Inquiry{Driver: d, Root: protocol.Root{URL: d.Official}, Query: protocol.Query{Package: ecosystem.Package{Ecosystem: ecosystem.PyPI, Name: "x"}}}
		r := parse(in, protocol.Request{Doc: docSimple}, &protocol.Response{Body: strings.NewReader(body)})
		if c.created == "" && !r.Created.IsZero() || c.created != "" && !r.Created.Equal(day(c.created)) || c.since != "" && !r.KnownSince.Equal(day(c.since)) {
			t.Errorf("%s: created %v, known since %v", c.files, r.Created, r.KnownSince)
		}
	}
}
