package tui

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"github.com/google/go-cmp/cmp"

	"figment/scanner"
	"figment/scanner/source"
)

// updating reads the flag -update, which teatest defines.
func updating() bool {
	f := flag.Lookup("update")
	return f != nil && f.Value.String() == "true"
}

// bench drives a model without a program: commands are run by hand, so that a
// test sees every frame and no clock ticks.
type bench struct {
	t testing.TB
	m *model
}

func options() Options {
	return Options{
		Title: "~/code/shop", Now: func() time.Time { return today }, Env: func(string) string { return "" },
		Scan: func(context.Context, func(scanner.Event)) (*scanner.Report, error) { return sample(), nil },
		Read: func(p string) ([]byte, error) {
			if s, ok := files()[p]; ok {
				return []byte(s), nil
			}
			return nil, fs.ErrNotExist
		},
		File:    func(p string) string { return "/nowhere/" + p },
		Changes: &fakeChanges{},
		Start:   func([]string) error { return nil },
	}
}

// newBench shows a finished scan of the options.
func newBench(t testing.TB, o Options, w, h int) *bench {
	t.Helper()
	b := &bench{t, newModel(t.Context(), o)}
	b.m.gen, b.m.phase, b.m.started = 1, scanning, today
	b.send(tea.WindowSizeMsg{Width: w, Height: h})
	return b
}

// finish ends the scan of the bench with a report.
func (b *bench) finish(r *scanner.Report, err error) *bench {
	b.send(doneMsg{1, r, err})
	if r != nil {
		b.m.elapsed = r.Elapsed
	}
	return b
}

// send delivers a message and everything that its commands answer at once.
func (b *bench) send(msg tea.Msg) *bench {
	b.t.Helper()
	_, cmd := b.m.Update(msg)
	b.run(cmd)
	return b
}

func (b *bench) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	switch msg := cmd().(type) {
	case nil, tea.QuitMsg:
	case tea.BatchMsg:
		for _, c := range msg {
			b.run(c)
		}
	case batchMsg, doneMsg, excerptMsg, previewMsg, settledMsg, undoneMsg, pendingMsg, writtenMsg, closeMsg, ignoreMsg, fixMsg, writeMsg, startedMsg, quitNowMsg:
		b.send(msg)
	}
}

// press sends keys by their names, "a" or "enter".
func (b *bench) press(keys ...string) *bench {
	b.t.Helper()
	for _, k := range keys {
		b.send(keyMsg(k))
	}
	return b
}

// write types text.
func (b *bench) write(s string) *bench {
	for _, r := range s {
		b.send(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
	return b
}

func keyMsg(k string) tea.KeyPressMsg {
	for name, code := range map[string]rune{
		"enter": tea.KeyEnter, "esc": tea.KeyEscape, "tab": tea.KeyTab, "up": tea.KeyUp, "down": tea.KeyDown, "left": tea.KeyLeft, "right": tea.KeyRight, "backspace": tea.KeyBackspace,
		"home": tea.KeyHome, "end": tea.KeyEnd,
	} {
		if k == name {
			return tea.KeyPressMsg{Code: code}
		}
	}
	if k == "space" {
		return tea.KeyPressMsg{Code: tea.KeySpace, Text: " "}
	}
	if rest, ok := strings.CutPrefix(k, "ctrl+"); ok {
		return tea.KeyPressMsg{Code: rune(rest[0]), Mod: tea.ModCtrl}
	}
	r := []rune(k)[0]
	return tea.KeyPressMsg{Code: r, Text: k}
}

// frame is what the screen shows, without styles; it must fit.
func (b *bench) frame() string {
	b.t.Helper()
	text := b.m.View().Content
	lines := strings.Split(text, "\n")
	if len(lines) != b.m.h {
		b.t.Errorf("%d lines on a screen of %d", len(lines), b.m.h)
	}
	for i, l := range lines {
		if n := lipgloss.Width(l); n > b.m.w {
			b.t.Errorf("line %d has %d cells on a screen of %d: %q", i+1, n, b.m.w, l)
		}
		lines[i] = strings.TrimRight(plainText(l), " ")
	}
	return strings.Join(lines, "\n") + "\n"
}

// screens are the frames that are kept.
func screens() []struct {
	name string
	make func(t testing.TB, w, h int) *bench
} {
	done := func(t testing.TB, w, h int) *bench { return newBench(t, options(), w, h).finish(sample(), nil) }
	return []struct {
		name string
		make func(t testing.TB, w, h int) *bench
	}{
		{"scanning", func(t testing.TB, w, h int) *bench {
			b := newBench(t, options(), w, h)
			f := findings()
			b.m.stream = startScan(t.Context(), 1, nil, func(ctx context.Context, _ func(scanner.Event)) (*scanner.Report, error) {
				<-ctx.Done()
				return nil, ctx.Err()
			})
			b.m.Update(batchMsg{gen: 1, files: 4, asked: 142, answered: 61, findings: []*scanner.Finding{&f[0], &f[4]}})
			b.run(b.m.show())
			b.m.elapsed = 8 * time.Second
			return b
		}},
		{"waiting", func(t testing.TB, w, h int) *bench {
			b := newBench(t, options(), w, h)
			b.m.stream = startScan(t.Context(), 1, nil, func(ctx context.Context, _ func(scanner.Event)) (*scanner.Report, error) {
				<-ctx.Done()
				return nil, ctx.Err()
			})
			u := unreadReport().Unread
			b.m.Update(batchMsg{gen: 1, files: 4, asked: 142, answered: 61, unread: []*scanner.Unread{&u[1]}, waiting: []string{"npm", "OSV"}})
			b.run(b.m.show())
			b.m.elapsed = 8 * time.Second
			return b
		}},
		{"unread", func(t testing.TB, w, h int) *bench {
			return newBench(t, options(), w, h).finish(unreadReport(), nil).press("down")
		}},
		{"one", func(t testing.TB, w, h int) *bench { return newBench(t, options(), w, h).finish(oneOfEach(), nil) }},
		{"hidden", func(t testing.TB, w, h int) *bench {
			return done(t, w, h).press("1", "3", "/").write("re").press("enter")
		}},
		{"list", done},
		{"detail", func(t testing.TB, w, h int) *bench { return done(t, w, h).press("down", "down", "enter") }},
		{"filter", func(t testing.TB, w, h int) *bench { return done(t, w, h).press("/").write("re") }},
		{"ignore", func(t testing.TB, w, h int) *bench {
			return done(t, w, h).press("j", "i").write("our own package, published on Monday")
		}},
		{"fix", func(t testing.TB, w, h int) *bench { return done(t, w, h).press("down", "down", "f") }},
		{"help", func(t testing.TB, w, h int) *bench { return done(t, w, h).press("?") }},
		{"clean", func(t testing.TB, w, h int) *bench { return newBench(t, options(), w, h).finish(cleanReport(), nil) }},
		{"partial", func(t testing.TB, w, h int) *bench { return newBench(t, options(), w, h).finish(partialReport(), nil) }},
		{"error", func(t testing.TB, w, h int) *bench {
			return newBench(t, options(), w, h).finish(nil, errors.New("no such directory: \x1b[31mshop"))
		}},
		{"small", func(t testing.TB, w, h int) *bench {
			return done(t, w, h).send(tea.WindowSizeMsg{Width: min(w, 28), Height: h})
		}},
		{"marked", func(t testing.TB, w, h int) *bench {
			return done(t, w, h).press("space", "S", "p", "c", "i").write("seen").press("enter", "s")
		}},
		{"write", func(t testing.TB, w, h int) *bench { return done(t, w, h).press("f", "y", "w") }},
	}
}

var sizes = [][2]int{{80, 24}, {120, 40}, {40, 12}}

// TestFrames holds what every screen looks like, without colour.
func TestFrames(t *testing.T) {
	for _, s := range screens() {
		for _, size := range sizes {
			t.Run(fmt.Sprintf("%s-%dx%d", s.name, size[0], size[1]), func(t *testing.T) {
				golden(t, filepath.Base(t.Name())+".txt", s.make(t, size[0], size[1]).frame())
			})
		}
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", "frames", name)
	if updating() {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestThemes holds the colours of both themes, written visibly.
func TestThemes(t *testing.T) {
	for _, theme := range []string{"dark", "light"} {
		b := newBench(t, options(), 80, 24).finish(sample(), nil)
		b.m.styles = newStyles(theme == "dark")
		b.m.detail.draw()
		golden(t, "theme-"+theme+".txt", strings.ReplaceAll(b.m.View().Content, "\x1b", "␛")+"\n")
	}
}

// TestASCII: where only ASCII can be shown the frame has nothing else.
func TestASCII(t *testing.T) {
	o := options()
	o.Env = func(n string) string { return map[string]string{"LANG": "C"}[n] }
	for _, s := range sizes {
		b := newBench(t, o, s[0], s[1]).finish(sample(), nil)
		for _, keys := range []string{"", "?", "i", "f"} {
			if keys != "" {
				b.press(keys)
			}
			for _, r := range b.frame() {
				if r > '~' {
					t.Fatalf("%q in a frame of ASCII:\n%s", r, b.frame())
				}
			}
			b.press("esc")
		}
	}
}

// TestASCIIWanted: who asks for ASCII, or cannot show more.
func TestASCIIWanted(t *testing.T) {
	for _, c := range []struct {
		env  map[string]string
		want bool
	}{
		{map[string]string{}, false},
		{map[string]string{"LANG": "en_GB.UTF-8"}, false},
		{map[string]string{"LANG": "en_GB.UTF-8", "FIGMENT_ASCII": "1"}, true},
		{map[string]string{"LANG": "C", "FIGMENT_ASCII": "0"}, true},
		{map[string]string{"LANG": "en_GB.UTF-8", "LC_ALL": "C"}, true},
		{map[string]string{"LANG": "C", "LC_CTYPE": "C.utf8"}, false},
	} {
		if got := ascii(func(n string) string { return c.env[n] }); got != c.want {
			t.Errorf("%v: %v", c.env, got)
		}
	}
}

// hostile makes names that try to widen, hide or obey.
func hostile(r *rand.Rand) string {
	parts := []string{
		"left-pad", "包名称", "🇩🇪", "👩‍👩‍👧", "e\u0301\u0301\u0301\u0301\u0301\u0301", "\x1b[31m", "\x1b]0;title\x07", "\u202e", "\t", "\n", "\r", "\u200b", "ｗｉｄｅ", "한글", "ก็็็", "\xff\xfe", "\x9b2J", "❤️", "™️", "a\u0338", "\U000E0041", "ᄀᄀᄀ각", "नमस्ते", "﷽", "⁉️", "\u0000",
	}
	var b strings.Builder
	for range 1 + r.IntN(8) {
		b.WriteString(parts[r.IntN(len(parts))])
	}
	return b.String()
}

// TestHostileNames: no name makes a line wider than the screen, a frame higher,
// or reaches the terminal as an escape.
func TestHostileNames(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	rounds := 60
	if testing.Short() {
		rounds = 16 // each size twice
	}
	for round := range rounds {
		rep := sample()
		for i := range rep.Findings {
			f := &rep.Findings[i]
			f.Package.Name, f.Label, f.Message = hostile(r), hostile(r), hostile(r)+" "+hostile(r)
			f.Primary.Path, f.Primary.Snippet = hostile(r), hostile(r)+hostile(r)+hostile(r)
			f.Primary.Start.Column, f.Primary.End.Column = 1+r.IntN(30), 1+r.IntN(60)
			f.Primary.End.Line = f.Primary.Start.Line
			f.Primary.Label = hostile(r)
			for n := range f.Suggestions {
				f.Suggestions[n].Package.Name, f.Suggestions[n].Reason, f.Suggestions[n].Command = hostile(r), hostile(r), hostile(r)
			}
			for n := range f.Evidence {
				f.Evidence[n].Text = strings.Repeat(hostile(r)+" ", 12)
			}
		}
		rep.Suppressed[0].By.Reason = hostile(r)
		rep.Unverified = []scanner.Unverified{{Package: pkg("npm", hostile(r)), Text: hostile(r), Reason: "timeout"}}
		rep.Problems = []scanner.Problem{{Path: hostile(r), Text: hostile(r), Line: 1}}
		rep.Unread = []scanner.Unread{{Path: hostile(r), What: hostile(r), Why: source.Why(hostile(r)), Text: hostile(r), Line: 1}}
		o := options()
		o.Title = hostile(r)
		size := append(sizes, [2]int{30, 6}, [2]int{61, 14}, [2]int{200, 60}, [2]int{60, 13}, [2]int{110, 14})[round%8]
		b := newBench(t, o, size[0], size[1])
		b.m.stream = &stream{done: make(chan struct{}), wake: make(chan struct{})}
		close(b.m.stream.done)
		b.m.Update(batchMsg{gen: 1, asked: 2, unread: []*scanner.Unread{&rep.Unread[0]}, waiting: []string{hostile(r), hostile(r)}})
		b.frame()
		if line := remains(o.Title, rep); strings.ContainsAny(line, "\x1b\n\r\x07") {
			t.Errorf("%q reaches the terminal", line)
		}
		b.finish(rep, nil)
		check := func() {
			b.frame()
			v := b.m.View()
			for _, bad := range []string{"\x1b]", "\x1b[31m\x1b", "\u202e", "\u200b", "\x07", "\r", "\x00"} {
				if strings.Contains(v.Content, bad) || strings.Contains(v.WindowTitle, bad) {
					t.Errorf("%q reaches the terminal", bad)
				}
			}
		}
		check()
		for _, k := range []string{"S", "c", "v", "s", "end", "enter", "esc", "home", "i", "esc", "f", "esc", "up", "down", "tab", "down", "tab", "y", "Y", "space", "a", "?", "esc"} {
			b.press(k)
			check()
		}
		if t.Failed() {
			return
		}
	}
}

// TestSizes: every screen fits every size.
func TestSizes(t *testing.T) {
	for _, s := range screens() {
		for w := 1; w < 130; w += 9 {
			for h := 1; h < 44; h += 5 {
				b := s.make(t, w, h)
				b.frame()
				b.send(tea.WindowSizeMsg{Width: 131 - w, Height: 45 - h})
				b.frame()
			}
		}
	}
}
