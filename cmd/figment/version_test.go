package main

import (
	"runtime/debug"
	"testing"
)

func TestVersionOfBuild(t *testing.T) {
	vcs := func(version string, kv ...string) *debug.BuildInfo {
		info := &debug.BuildInfo{Main: debug.Module{Version: version}}
		for i := 0; i+1 < len(kv); i += 2 {
			info.Settings = append(info.Settings, debug.BuildSetting{Key: kv[i], Value: kv[i+1]})
		}
		return info
	}
	const rev = "0123456789abcdef0123456789abcdef01234567"
	for _, c := range []struct {
		version, commit string
		info            *debug.BuildInfo
		want            string
	}{
		{"dev", "", nil, "dev"},
		{"dev", "", vcs("(devel)"), "dev"},
		{"dev", "", vcs("v1.2.0"), "1.2.0"},
		{"dev", "", vcs("v0.0.0-20261130041500-0123456789ab"), "0.0.0-20261130041500-0123456789ab"},
		{"dev", "", vcs("v0.0.0-20261130041500-0123456789ab+dirty", "vcs.revision", rev, "vcs.time", "2026-11-30T04:15:00Z", "vcs.modified", "true"), "dev (0123456789ab, 2026-11-30, modified)"},
		{"dev", "", vcs("v1.2.0+dirty", "vcs.revision", rev, "vcs.time", "2026-11-30T04:15:00Z", "vcs.modified", "true"), "1.2.0 (0123456789ab, 2026-11-30, modified)"},
		{"dev", "", vcs("(devel)", "vcs.revision", "short", "vcs.modified", "false"), "dev (short)"},
		{"1.2.0", rev, vcs("v9.9.9", "vcs.revision", rev, "vcs.time", "2026-11-30T04:15:00Z"), "1.2.0 (0123456789ab, 2026-11-30)"},
		{"1.2.0", rev, vcs("(devel)", "vcs.revision", "another", "vcs.modified", "true"), "1.2.0 (0123456789ab)"},
	} {
		if got := buildOf(c.version, c.commit, c.info).String(); got != c.want {
			t.Errorf("%q %q %+v: %q, want %q", c.version, c.commit, c.info, got, c.want)
		}
	}
}
