package main

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A version orders releases as PEP 440 does, as far as picking the newest needs:
// anything before a release counts as older than every release.
type version struct {
	final        bool
	epoch        int
	release      []int
	pre, n, post int
}

var versionShape = regexp.MustCompile(`^v?(?:(\d{1,6})!)?(\d{1,15}(?:\.\d{1,15}){0,15})(?:[-_.]?(a|b|c|rc|alpha|beta|pre|preview)[-_.]?(\d{0,9}))?(?:-(\d{1,9})|[-_.]?(?:post|rev|r)[-_.]?(\d{0,9}))?([-_.]?dev[-_.]?\d{0,9})?(?:\+[a-z0-9]+(?:[-_.][a-z0-9]+)*)?$`)

func parseVersion(text string) (version, bool) {
	m := versionShape.FindStringSubmatch(strings.ToLower(text))
	if m == nil {
		return version{}, false
	}
	number := func(s string) int { n, _ := strconv.Atoi(s); return n }
	v := version{final: m[3] == "" && m[7] == "", epoch: number(m[1]), n: number(m[4])}
	for _, part := range strings.Split(m[2], ".") {
		v.release = append(v.release, number(part))
	}
	for len(v.release) > 1 && v.release[len(v.release)-1] == 0 {
		v.release = v.release[:len(v.release)-1]
	}
	switch m[3] {
	case "a", "alpha":
		v.pre = 1
	case "b", "beta":
		v.pre = 2
	case "":
		v.pre = 4
		if m[7] != "" {
			v.pre = 0 // x.dev comes before x.a
		}
	default:
		v.pre = 3
	}
	if m[5] != "" || m[6] != "" {
		v.post = number(m[5]+m[6]) + 1
	}
	return v, true
}

func (v version) compare(w version) int {
	if v.final != w.final {
		if v.final {
			return 1
		}
		return -1
	}
	return cmp.Or(cmp.Compare(v.epoch, w.epoch), slices.Compare(v.release, w.release), cmp.Compare(v.pre, w.pre), cmp.Compare(v.n, w.n), cmp.Compare(v.post, w.post))
}
