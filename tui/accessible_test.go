package tui

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"figment/internal/term"
	"figment/scanner"
)

// talk answers the prompts of the accessible mode.
func talk(t *testing.T, o Options, answers ...string) string {
	t.Helper()
	var out bytes.Buffer
	o.In, o.Out = strings.NewReader(strings.Join(answers, "\n")+"\n"), &out
	r, err := RunAccessible(t.Context(), o)
	if err != nil || r.Report == nil {
		t.Fatalf("%+v, %v", r, err)
	}
	for _, c := range out.String() {
		if c != '\n' && term.Hidden(c) {
			t.Fatalf("%q is written to a terminal that is read aloud", c)
		}
	}
	return out.String()
}

func TestAccessible(t *testing.T) {
	o := options()
	s := &fakeChanges{}
	o.Changes = s
	got := talk(t, o, "3", "f 3", "n", "y", "u", "f 3", "y", "i 1", "1", "our own", "", "w", "y", "99", "q")
	golden(t, "accessible.txt", got)
	want := `fix reqeusts-oauthlib oauthlib; undo; fix reqeusts-oauthlib requests-oauthlib; ignore react-hook-usestate 0 "our own" 2027-02-20; apply 2`
	if log := strings.Join(s.log, "; "); log != want {
		t.Errorf("the changes saw %q, want %q", log, want)
	}
}

// TestAccessibleHostile: no name reaches the terminal as an escape, and the end
// of the input ends it.
func TestAccessibleHostile(t *testing.T) {
	o := options()
	rep := sample()
	for i := range rep.Findings {
		rep.Findings[i].Package.Name = "\x1b[2Jname\u202e"
		rep.Findings[i].Message = "a\x07b"
		rep.Findings[i].Primary.Snippet = "x\x1b]0;t\x07"
	}
	o.Scan = fixed(rep)
	if got := talk(t, o, "1", "i 1", "1", "why", "2020-01-01", "f 1", "y", "x\x1b[m", "q", "y"); !strings.Contains(got, "That is no day to come") {
		t.Errorf("a day that is over was taken:\n%s", got)
	}
	talk(t, o)
	if got := talk(t, o, "i 1", "2", ""); !strings.Contains(got, "Nothing was changed") {
		t.Errorf("an ignore without a reason was taken:\n%s", got)
	}
	o.Scan = func(_ context.Context, events func(scanner.Event)) (*scanner.Report, error) {
		for _, who := range [][]string{{"n\x1bpm"}, nil, {"n\x1bpm"}, {"OSV"}} {
			events(scanner.Event{Asked: 1, Waiting: who})
		}
		return oneOfEach(), nil
	}
	got := talk(t, o, "5")
	for _, want := range []string{"Waiting for n\\x1bpm.\nWaiting for OSV.\n", "1 error, 1 warning, 1 note in 1 name.", "1 name unverified", "1 file was not read: nothing is said", "not read: ios/Podfile, no reader: is a CocoaPods", "neither clean nor missing.\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not said:\n%s", want, got)
		}
	}
	o.Scan = fixed(partialReport())
	if got := talk(t, o, "1"); !strings.Contains(got, "11 names unverified: neither clean nor missing.") || !strings.Contains(got, "PARTIAL") || strings.Contains(got, "look right") {
		t.Errorf("an outage reads as something else:\n%s", got)
	}
}
