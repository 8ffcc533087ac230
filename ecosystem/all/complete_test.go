package all

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"figment/ecosystem"
	"figment/ecosystem/adapter"
	"figment/registry/settings"
)

// missing says in words what is wrong with the facets of an adapter: what is
// neither filled in nor declared missing, and what is declared although it is
// filled in or does not exist.
func missing(a adapter.Adapter) []string {
	var out []string
	v := reflect.ValueOf(a)
	known := map[string]bool{}
	for i := range v.NumField() {
		name := v.Type().Field(i).Name
		if name == "Ecosystem" || name == "None" {
			continue
		}
		known[name] = true
		why, declared := a.None[name]
		switch {
		case v.Field(i).IsZero() && !declared:
			out = append(out, name+" is neither filled in nor declared missing: say in None why it is")
		case v.Field(i).IsZero() && why == "":
			out = append(out, name+" is declared missing without a reason")
		case !v.Field(i).IsZero() && declared:
			out = append(out, name+" is filled in and declared missing")
		}
	}
	for name := range a.None {
		if !known[name] {
			out = append(out, name+" is declared missing, but there is no such facet")
		}
	}
	slices.Sort(out)
	return out
}

// TestComplete: each ecosystem has an adapter, and each adapter fills in its
// facets or says why it does not.
func TestComplete(t *testing.T) {
	var order []ecosystem.Ecosystem
	for _, a := range Adapters() {
		order = append(order, a.Ecosystem)
		for _, text := range missing(a) {
			t.Errorf("%s: %s", a.Ecosystem, text)
		}
		if a.Registry != nil && a.Registry.Ecosystem != a.Ecosystem {
			t.Errorf("%s: its Registry is of %s", a.Ecosystem, a.Registry.Ecosystem)
		}
		if a.Versions != nil && a.Versions.Ecosystem != a.Ecosystem {
			t.Errorf("%s: its Versions are of %s", a.Ecosystem, a.Versions.Ecosystem)
		}
		if a.Settings != nil && a.Settings.Ecosystem != a.Ecosystem {
			t.Errorf("%s: its Settings are of %s", a.Ecosystem, a.Settings.Ecosystem)
		}
		if a.Project != nil && a.Project.Ecosystem != a.Ecosystem {
			t.Errorf("%s: its Project is of %s", a.Ecosystem, a.Project.Ecosystem)
		}
		if a.Resolve != nil && a.Resolve.Ecosystem != a.Ecosystem {
			t.Errorf("%s: its Resolve is of %s", a.Ecosystem, a.Resolve.Ecosystem)
		}
		if a.Commands != nil && a.Commands.Ecosystem != a.Ecosystem {
			t.Errorf("%s: its Commands are of %s", a.Ecosystem, a.Commands.Ecosystem)
		}
		if a.Registry != nil && a.Project == nil {
			t.Errorf("%s: a registry that can be asked must not be asked for a project's own names: it needs Project", a.Ecosystem)
		}
		if a.Fix != nil && (a.Fix.Provides == nil) != a.Ecosystem.Exact() {
			t.Errorf("%s: imports are right by what Provides says where they do not name the package itself, and nowhere else", a.Ecosystem)
		}
		if (a.Registry == nil) != (a.Play == nil) {
			t.Errorf("%s: a registry that can be asked is played, and no other is", a.Ecosystem)
		}
		if p := a.Play; p != nil && (a.Registry.Statistics == nil) != (p.Counts == nil) {
			t.Errorf("%s: counts of downloads are asked for where they are played, and nowhere else", a.Ecosystem)
		}
		if s := a.Settings; s != nil && (s.Tool == "" || s.Value == "" || !strings.HasPrefix(s.Variable, settings.VariablePrefix)) {
			t.Errorf("%s: the page of options says nothing of its registry: %q, %q, %q", a.Ecosystem, s.Tool, s.Variable, s.Value)
		}
		if (a.Registry == nil) != (a.Settings == nil) {
			t.Errorf("%s: a registry that can be asked is routed to by Settings, and no other is", a.Ecosystem)
		}
	}
	if !slices.Equal(order, ecosystem.All()) {
		t.Errorf("the adapters are of %v, the table of ecosystems has %v", order, ecosystem.All())
	}
}

// TestMissing: the completeness test sees what it is there for.
func TestMissing(t *testing.T) {
	a := Adapters()[0]
	a.Registry = nil
	a.None = adapter.None{"Versions": "x", "Settings": "", "Fixes": "y", "Fix": "z", "Play": "w"}
	got := missing(a)
	want := []string{
		"Fix is filled in and declared missing",
		"Fixes is declared missing, but there is no such facet",
		"Play is filled in and declared missing",
		"Registry is neither filled in nor declared missing: say in None why it is",
		"Settings is filled in and declared missing",
		"Versions is filled in and declared missing",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// TestPrograms: no program stands in the commands of two ecosystems, because the
// first row that fits decides, and ecosystems have no order.
func TestPrograms(t *testing.T) {
	of := map[string]ecosystem.Ecosystem{}
	for _, a := range Adapters() {
		if a.Commands == nil {
			continue
		}
		claim := func(kind, programs string) {
			for _, name := range strings.Fields(programs) {
				if e, ok := of[kind+name]; ok && e != a.Ecosystem {
					t.Errorf("%s %q is one of %s and of %s", kind, name, e, a.Ecosystem)
				}
				of[kind+name] = a.Ecosystem
			}
		}
		for _, row := range a.Commands.Commands {
			claim("program ", row.Programs)
			if row.Read == nil {
				t.Errorf("%s: nothing reads the words of %s %s", a.Ecosystem, row.Programs, row.Subs)
			}
		}
		for _, l := range a.Commands.Loaders {
			claim("loader ", l.Programs)
		}
		for _, w := range a.Commands.Wrappers {
			claim("wrapper ", w.Programs)
		}
		for _, r := range a.Commands.Runtimes {
			claim("runtime ", r.Programs)
		}
		for _, sign := range a.Commands.Signs {
			if len(sign) < 2 {
				t.Errorf("%s: the sign %q has less than two bytes", a.Ecosystem, sign)
			}
		}
	}
	if len(of) < 40 {
		t.Errorf("only %d programs", len(of))
	}
}
