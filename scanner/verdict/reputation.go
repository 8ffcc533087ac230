package verdict

import (
	"fmt"
	"time"

	"figment/names"
	"figment/registry/protocol"
)

// tinyDownloads a week are what robots and mirrors make of any package.
const tinyDownloads = 100

// nameLikeness gives the points of the closest match that no fact acquits.
func nameLikeness(f *Facts) []Evidence {
	m, points := closest(f)
	if m == nil {
		return nil
	}
	return []Evidence{{Weight: points, Text: fmt.Sprintf("`%s` %s%s", f.Subject.Name, difference(f.Subject.Name, *m), rankWords(m)), Source: "index", At: f.IndexDate}}
}

// nameContains gives the points of likenesses that are too common to count
// toward the gates.
func nameContains(f *Facts) []Evidence {
	for i := range f.Matches {
		m := &f.Matches[i]
		if p, w := namePoints(m); p > 0 && !w.gates {
			return []Evidence{{Weight: p, Text: fmt.Sprintf("`%s` %s%s", f.Subject.Name, difference(f.Subject.Name, *m), rankWords(m)), Source: "index", At: f.IndexDate}}
		}
	}
	return nil
}

func rankWords(m *names.Match) string {
	if m.Rank == 0 {
		return ""
	}
	return fmt.Sprintf(", popular name number %d", m.Rank)
}

// about makes evidence from the record that says the package exists.
func about(f *Facts, weight func(*protocol.Record) (int, string)) []Evidence {
	r := decisive(f)
	if r == nil || r.Status != protocol.Present {
		return nil
	}
	points, text := weight(r)
	if points == 0 {
		return nil
	}
	return []Evidence{{Weight: points, Text: text, Source: "registry", At: r.Fetched}}
}

// youth: a name that a model made up is worth something to an attacker at
// once; most squats found were days old when they did harm.
func youth(f *Facts) []Evidence {
	return about(f, func(r *protocol.Record) (int, string) {
		a, known := age(f, r)
		if !known || r.Package.Ecosystem.Undated() {
			return 0, ""
		}
		text := fmt.Sprintf("first published %s, %s", r.Created.Format(time.DateOnly), ago(a))
		switch {
		case a < veryYoung:
			return 35, text
		case a < young:
			return 25, text
		case a < youngish:
			return 10, text
		}
		return 0, ""
	})
}

func fewVersions(f *Facts) []Evidence {
	return about(f, func(r *protocol.Record) (int, string) {
		switch v := n(r); {
		case v == 1:
			return 10, "a single version was published"
		case v == 2 || v == 3:
			return 5, fmt.Sprintf("%d versions were published", v)
		}
		return 0, ""
	})
}

// littleUsed: where the registry publishes no downloads, a name without a rank
// stands for little use.
func littleUsed(f *Facts) []Evidence {
	return about(f, func(r *protocol.Record) (int, string) {
		switch {
		case r.Downloads.Known && r.Downloads.N < tinyDownloads:
			return 10, count(int(r.Downloads.N), "download", "downloads") + " last week"
		case !r.Downloads.Known && r.Package.Ecosystem.Uncounted() && !f.Known:
			return 10, "not among the popular names, and no number of downloads is published"
		}
		return 0, ""
	})
}

func noRepository(f *Facts) []Evidence {
	return about(f, func(r *protocol.Record) (int, string) {
		if r.RepositoryKnown == protocol.No {
			return 10, "no repository is linked"
		}
		return 0, ""
	})
}

func emptyReadme(f *Facts) []Evidence {
	return about(f, func(r *protocol.Record) (int, string) {
		if r.Readme == protocol.No {
			return 10, "the description is empty"
		}
		return 0, ""
	})
}

func installScript(f *Facts) []Evidence {
	return about(f, func(r *protocol.Record) (int, string) {
		switch {
		case r.InstallScript == protocol.Yes:
			return 15, "runs a script when it is installed"
		case r.SdistOnly == protocol.Yes:
			return 15, "only source distributions were published: installing runs their build"
		}
		return 0, ""
	})
}

func parked(f *Facts) []Evidence {
	return about(f, func(r *protocol.Record) (int, string) {
		if r.Parked == protocol.Yes {
			return 30, "its own text says that the name is parked, reserved or a test"
		}
		return 0, ""
	})
}

func oldAge(f *Facts) []Evidence {
	return about(f, func(r *protocol.Record) (int, string) {
		a, known := oldness(f, r)
		if !known {
			return 0, ""
		}
		text := "first published " + ago(a) + ", or earlier"
		if !r.Created.IsZero() {
			text = fmt.Sprintf("first published %s, %s", r.Created.Format(time.DateOnly), ago(a))
		}
		switch {
		case a >= seasoned:
			return -20, text
		case a >= established:
			return -10, text
		}
		return 0, ""
	})
}

// proven: a build that a code host vouches for. It proves who built the
// package, not that it is meant: it weighs only beside an organisation that
// owns the name on the registry.
func proven(f *Facts) []Evidence {
	return about(f, func(r *protocol.Record) (int, string) {
		if r.Provenance == protocol.Yes && r.Organization != "" && r.Root.Kind == protocol.Official {
			return -20, "its build is attested, and an organisation owns the name"
		}
		return 0, ""
	})
}
