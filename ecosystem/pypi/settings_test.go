package pypi_test

import (
	"encoding/base64"
	"slices"
	"testing"

	"figment/ecosystem"
	"figment/ecosystem/adapter/adaptertest"
	"figment/ecosystem/pypi"
	"figment/registry/protocol"
	"figment/registry/settings"
)

const officialPyPI = "https://pypi.org/simple"

func load(t *testing.T, e settings.Env) *settings.Settings {
	t.Helper()
	return adaptertest.Load(t, e, pypi.Adapter().Settings)
}

func pypiPkg(name string) ecosystem.Package {
	return ecosystem.Package{Ecosystem: ecosystem.PyPI, Name: name}
}

func TestPip(t *testing.T) {
	files := map[string]string{
		"/home/u/.config/pip/pip.conf": "[global]\nindex-url = https://u:pw@pip.corp.example/simple/\nextra-index-url =\n    https://one.example/simple\n    https://two.example/simple\n",
	}
	r := load(t, adaptertest.Env(files)).Route(pypiPkg("x"))
	if len(r.Roots) != 3 || r.Strategy != protocol.AllOf || r.Roots[0].URL != "https://pip.corp.example/simple" || !r.Roots[0].Credential.Value.Set() || r.Roots[2].URL != "https://two.example/simple" {
		t.Errorf("%+v", r)
	}
	if r := load(t, adaptertest.Env(files, "PIP_INDEX_URL=https://env.example/simple", "PIP_CONFIG_FILE=/dev/null")).Route(pypiPkg("x")); len(r.Roots) != 1 || r.Roots[0].URL != "https://env.example/simple" {
		t.Errorf("%+v", r)
	}
	if r := load(t, adaptertest.Env(nil, "PIP_NO_INDEX=1")).Route(pypiPkg("x")); len(r.Roots) != 0 || r.Reason == "" {
		t.Errorf("%+v", r)
	}
	if r := load(t, adaptertest.Env(nil)).Route(pypiPkg("x")); r.Roots[0].Kind != protocol.Official || r.Roots[0].URL != officialPyPI {
		t.Errorf("%+v", r)
	}
	const conf = "/home/u/.config/pip/pip.conf"
	one, two := "https://one.example/simple", "https://two.example/simple"
	for name, c := range map[string]struct {
		files map[string]string
		vars  []string
		urls  []string // none: nobody is asked
		by    string
	}{
		"extra variable":   {nil, []string{"PIP_EXTRA_INDEX_URL=" + one + " " + two}, []string{officialPyPI, one, two}, "built-in"},
		"variable wins":    {files, []string{"PIP_EXTRA_INDEX_URL=" + two}, []string{"https://pip.corp.example/simple", two}, "~/.config/pip/pip.conf:2"},
		"blank variables":  {nil, []string{"PIP_INDEX_URL= ", "PIP_EXTRA_INDEX_URL= ", "PIP_NO_INDEX= "}, []string{officialPyPI}, "built-in"},
		"unusable":         {nil, []string{"PIP_INDEX_URL=pip.corp.example"}, nil, "PIP_INDEX_URL"},
		"no index":         {nil, []string{"PIP_NO_INDEX=1", "PIP_INDEX_URL=" + one, "PIP_EXTRA_INDEX_URL=" + two}, nil, "PIP_NO_INDEX"},
		"no index: true":   {nil, []string{"PIP_NO_INDEX=True"}, nil, "PIP_NO_INDEX"},
		"no index: 0":      {nil, []string{"PIP_NO_INDEX=0"}, []string{officialPyPI}, "built-in"},
		"no index: off":    {nil, []string{"PIP_NO_INDEX=off"}, []string{officialPyPI}, "built-in"},
		"no index: f":      {nil, []string{"PIP_NO_INDEX=f"}, []string{officialPyPI}, "built-in"},
		"no index in file": {map[string]string{conf: "[global]\nno-index = yes\n"}, nil, nil, "~/.config/pip/pip.conf:2"},
		"colon":            {map[string]string{conf: "[global]\nindex_url: https://u:p=w@one.example/simple\n"}, nil, []string{one}, "~/.config/pip/pip.conf:2"},
		"case of a key":    {map[string]string{conf: "[GLOBAL]\nIndex-URL=" + one}, nil, []string{one}, "~/.config/pip/pip.conf:2"},
		"install section":  {map[string]string{conf: "[global]\nindex-url=" + one + "\n[install]\nindex-url=" + two}, nil, []string{two}, "~/.config/pip/pip.conf:4"},
		"other section":    {map[string]string{conf: "[download]\nindex-url=" + one}, nil, []string{officialPyPI}, "built-in"},
		"comment within":   {map[string]string{conf: "[global]\nextra-index-url =\n  # one\n  " + one + "\n\n  ; two\n\t" + two + "\ntimeout = 3\n"}, nil, []string{officialPyPI, one, two}, "built-in"},
		"own file":         {map[string]string{conf: "[global]\nindex-url=" + one, "/x.conf": "[global]\nindex-url=" + two}, []string{"PIP_CONFIG_FILE=/x.conf"}, []string{two}, "/x.conf:2"},
		"environment":      {map[string]string{conf: "[global]\nindex-url=" + one, "/venv/pip.conf": "[global]\nindex-url=" + two}, []string{"VIRTUAL_ENV=/venv"}, []string{two}, "/venv/pip.conf:2"},
		"legacy":           {map[string]string{"/home/u/.pip/pip.conf": "[global]\nindex-url=" + one, "/etc/pip.conf": "[global]\nindex-url=" + two}, nil, []string{one}, "~/.pip/pip.conf:2"},
		"machine":          {map[string]string{"/etc/pip.conf": "[global]\nindex-url=" + two}, nil, []string{two}, "/etc/pip.conf:2"},
		"uv":               {nil, []string{"UV_DEFAULT_INDEX=corp=" + one}, []string{one}, "UV_DEFAULT_INDEX"},
		"pip before uv":    {nil, []string{"UV_DEFAULT_INDEX=" + one, "PIP_INDEX_URL=" + two}, []string{two}, "PIP_INDEX_URL"},
	} {
		r := load(t, adaptertest.Env(c.files, c.vars...)).Route(pypiPkg("x"))
		var urls []string
		for _, root := range r.Roots {
			urls = append(urls, root.URL)
		}
		if !slices.Equal(urls, c.urls) || r.Setting != c.by || (r.Strategy == protocol.AllOf) != (len(c.urls) > 1) || (r.Reason == "no-registry") != (len(c.urls) == 0) {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

// TestUV: uv's indexes come before the default one, and the first that has a
// name decides, unless pip's come in too.
func TestUV(t *testing.T) {
	basic := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	one, two := "https://one.example/simple", "https://two.example/simple"
	for name, c := range map[string]struct {
		vars       []string
		urls       []string
		strategy   protocol.Strategy
		credential string // of the first root
	}{
		"index":          {[]string{"UV_INDEX=" + one}, []string{one, officialPyPI}, protocol.First, ""},
		"two, named":     {[]string{"UV_INDEX=a=" + one + "  b=" + two}, []string{one, two, officialPyPI}, protocol.First, ""},
		"extra":          {[]string{"UV_EXTRA_INDEX_URL=" + one + " " + two}, []string{one, two, officialPyPI}, protocol.First, ""},
		"index, extra":   {[]string{"UV_EXTRA_INDEX_URL=" + one, "UV_INDEX=" + two}, []string{two, one, officialPyPI}, protocol.First, ""},
		"default":        {[]string{"UV_DEFAULT_INDEX=" + one, "UV_INDEX=" + two}, []string{two, one}, protocol.First, ""},
		"the same twice": {[]string{"UV_DEFAULT_INDEX=" + one, "UV_INDEX=x=" + one + "/"}, []string{one}, protocol.First, ""},
		"with pip":       {[]string{"UV_INDEX=" + one, "PIP_EXTRA_INDEX_URL=" + two}, []string{one, officialPyPI, two}, protocol.AllOf, ""},
		"userinfo":       {[]string{"UV_INDEX=a=https://u:p@one.example/simple", "UV_INDEX_A_PASSWORD=x"}, []string{one, officialPyPI}, protocol.First, basic("u:p")},
		"credential":     {[]string{"UV_INDEX=My-corp.1=" + one, "UV_INDEX_MY_CORP_1_USERNAME=u", "UV_INDEX_MY_CORP_1_PASSWORD=p"}, []string{one, officialPyPI}, protocol.First, basic("u:p")},
		"of another":     {[]string{"UV_INDEX=a=" + one, "UV_INDEX_B_USERNAME=u", "UV_INDEX_B_PASSWORD=p"}, []string{one, officialPyPI}, protocol.First, ""},
		"of the default": {[]string{"UV_DEFAULT_INDEX=corp=" + one, "UV_INDEX_CORP_USERNAME=u", "UV_INDEX_CORP_PASSWORD=p"}, []string{one}, protocol.First, basic("u:p")},
		"not the name of a file's index": {[]string{"PIP_INDEX_URL=" + one, "UV_DEFAULT_INDEX=corp=" + two, "UV_INDEX_CORP_PASSWORD=p"},
			[]string{one}, protocol.First, ""},
	} {
		r := load(t, adaptertest.Env(nil, c.vars...)).Route(pypiPkg("x"))
		var urls []string
		for _, root := range r.Roots {
			urls = append(urls, root.URL)
		}
		if !slices.Equal(urls, c.urls) || r.Strategy != c.strategy || r.Unusable != "" || r.Roots[0].Credential.Value.Reveal() != c.credential {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

// TestTOMLSettings: the user's own files of uv and PDM route; explicit indexes
// serve no name by themselves.
func TestTOMLSettings(t *testing.T) {
	const (
		uv, system, pdm = "/home/u/.config/uv/uv.toml", "/etc/uv/uv.toml", "/home/u/.config/pdm/config.toml"
		one, two        = "https://one.example/simple", "https://two.example/simple"
	)
	index := func(url, more string) string { return "[[index]]\nname = \"corp\"\nurl = \"" + url + "\"\n" + more }
	for name, c := range map[string]struct {
		files map[string]string
		vars  []string
		urls  []string
	}{
		"further":           {map[string]string{uv: index(one, "")}, nil, []string{one, officialPyPI}},
		"default":           {map[string]string{uv: index(one, "default = true\n")}, nil, []string{one}},
		"explicit":          {map[string]string{uv: index(one, "explicit = true\n")}, nil, []string{officialPyPI}},
		"index-url":         {map[string]string{uv: "index-url = \"" + one + "\"\nextra-index-url = [\"" + two + "\"]\n"}, nil, []string{two, one}},
		"no-index":          {map[string]string{uv: "no-index = true\n"}, nil, nil},
		"system":            {map[string]string{system: index(two, ""), uv: index(one, "")}, nil, []string{one, two, officialPyPI}},
		"no configuration":  {map[string]string{uv: index(one, "")}, []string{"UV_NO_CONFIG=1"}, []string{officialPyPI}},
		"one file":          {map[string]string{uv: index(one, ""), "/c/uv.toml": index(two, "")}, []string{"UV_CONFIG_FILE=/c/uv.toml"}, []string{two, officialPyPI}},
		"elsewhere":         {map[string]string{"/x/uv/uv.toml": index(one, "")}, []string{"XDG_CONFIG_HOME=/x"}, []string{one, officialPyPI}},
		"variable is first": {map[string]string{uv: index(one, "")}, []string{"UV_INDEX=two=" + two}, []string{two, one, officialPyPI}},
		"variable wins":     {map[string]string{uv: index(one, "default = true\n")}, []string{"UV_DEFAULT_INDEX=" + two}, []string{one, two}},
		"broken":            {map[string]string{uv: "[[index]\n"}, nil, []string{officialPyPI}},
		"pdm":               {map[string]string{pdm: "[pypi]\nurl = \"" + one + "\"\n[pypi.corp]\nurl = \"" + two + "\"\n"}, nil, []string{two, one}},
		"pdm's variable":    {nil, []string{"PDM_PYPI_URL=" + one}, []string{one}},
	} {
		var got []string
		for _, root := range load(t, adaptertest.Env(c.files, c.vars...)).Route(pypiPkg("x")).Roots {
			got = append(got, root.URL)
		}
		if !slices.Equal(got, c.urls) {
			t.Errorf("%s: %q, not %q", name, got, c.urls)
		}
	}
	// A name-bound credential goes to the index of that name.
	r := load(t, adaptertest.Env(map[string]string{uv: index(one, "")}, "UV_INDEX_CORP_USERNAME=u", "UV_INDEX_CORP_PASSWORD=p")).Route(pypiPkg("x"))
	if !r.Roots[0].Credential.Value.Set() || r.Roots[1].Credential.Value.Set() {
		t.Errorf("%+v", r)
	}
	// Where the default is replaced, what it lacks may be at a further index.
	if r := load(t, adaptertest.Env(map[string]string{uv: index(one, "")}, "FIGMENT_REGISTRY_PYPI="+two)).Route(pypiPkg("x")); len(r.Roots) != 1 || r.Unusable == "" {
		t.Errorf("%+v", r)
	}
}

func FuzzTOMLSettings(f *testing.F) {
	f.Add("[[index]]\nname = \"a\"\nurl = \"https://h.example\"\n", "[pypi]\nurl = \"x\"\n[pypi.a]\nurl = 1\n")
	f.Fuzz(func(t *testing.T, uv, pdm string) {
		s, err := settings.Load(adaptertest.Env(map[string]string{"/home/u/.config/uv/uv.toml": uv, "/home/u/.config/pdm/config.toml": pdm}), []*settings.Reader{pypi.Adapter().Settings})
		if err == nil {
			s.Route(pypiPkg("x"))
		}
	})
}

// TestNotTheUsers: configuration of pip and uv in the scanned tree, and what uv
// finds above it, keeps names in or leaves open where they are, and routes none.
func TestNotTheUsers(t *testing.T) {
	const one = "https://one.example/simple"
	for name, c := range map[string]struct {
		files   map[string]string
		vars    []string
		claimed string
		further string
	}{
		"pip":               {map[string]string{"/home/u/w/t/pip.conf": "[global]\nindex-url=" + one}, []string{"PIP_CONFIG_FILE=/home/u/w/t/pip.conf"}, "~/w/t/pip.conf:2 index-url", ""},
		"pip, no URL":       {map[string]string{"/home/u/w/t/pip.conf": "[global]\nindex-url=u:p@one.example"}, []string{"PIP_CONFIG_FILE=/home/u/w/t/pip.conf"}, "~/w/t/pip.conf:2 index-url", ""},
		"pip without index": {map[string]string{"/home/u/w/t/pip.conf": "[global]\nno-index=yes"}, []string{"PIP_CONFIG_FILE=/home/u/w/t/pip.conf"}, "~/w/t/pip.conf:2 no-index", ""},
		"pip with index":    {map[string]string{"/home/u/w/t/pip.conf": "[global]\nno-index=no"}, []string{"PIP_CONFIG_FILE=/home/u/w/t/pip.conf"}, "", ""},
		"uv":                {map[string]string{"/home/u/w/t/u.toml": "index-url='" + one + "'"}, []string{"UV_CONFIG_FILE=/home/u/w/t/u.toml"}, "~/w/t/u.toml index-url", ""},
		"uv, no URL":        {map[string]string{"/home/u/w/t/u.toml": "index-url='u:p@one.example'"}, []string{"UV_CONFIG_FILE=/home/u/w/t/u.toml"}, "~/w/t/u.toml index-url", ""},
		"uv without index":  {map[string]string{"/home/u/w/t/u.toml": "no-index=true"}, []string{"UV_CONFIG_FILE=/home/u/w/t/u.toml"}, "~/w/t/u.toml no-index", ""},
		"uv pip":            {map[string]string{"/home/u/w/t/u.toml": "[pip]\nindex-url='" + one + "'"}, []string{"UV_CONFIG_FILE=/home/u/w/t/u.toml"}, "~/w/t/u.toml pip.index-url", ""},
		"above":             {map[string]string{"/home/u/w/uv.toml": "[[index]]\nurl='" + one + "'\ndefault=true\n"}, nil, "~/w/uv.toml index", ""},
		"above, further":    {map[string]string{"/home/u/w/uv.toml": "extra-index-url=['" + one + "']\n"}, nil, "", "~/w/uv.toml extra-index-url"},
		"above, a project":  {map[string]string{"/home/pyproject.toml": "[tool.uv]\nindex-url='" + one + "'\n"}, nil, "/home/pyproject.toml index-url", ""},
		"a nearer one":      {map[string]string{"/home/u/uv.toml": "index-url='" + one + "'\n", "/home/u/w/uv.toml": "offline=true\n"}, nil, "", ""},
		"one in the tree":   {map[string]string{"/home/u/uv.toml": "index-url='" + one + "'\n", "/home/u/w/t/pyproject.toml": "[tool.uv]\n"}, nil, "", ""},
		"not looked for":    {map[string]string{"/home/u/uv.toml": "index-url='" + one + "'\n"}, []string{"UV_NO_CONFIG=1"}, "", ""},
	} {
		e := adaptertest.Env(c.files, c.vars...)
		e.Trees = []string{"/home/u/w/t"}
		s := load(t, e)
		if got, _ := s.Claimed(pypiPkg("x")); got != c.claimed {
			t.Errorf("%s: %q", name, got)
		}
		if r := s.Route(pypiPkg("x")); len(r.Roots) != 1 || r.Roots[0].URL != officialPyPI || r.Roots[0].Credential.Value.Set() || r.Unusable != c.further {
			t.Errorf("%s: %+v", name, r)
		}
	}
	e := adaptertest.Env(map[string]string{"/home/u/.config/uv/uv.toml": "[pip]\nindex-url='" + one + "'"})
	if r := load(t, e).Route(pypiPkg("x")); len(r.Roots) != 1 || r.Roots[0].URL != one {
		t.Errorf("the user's own for uv pip: %+v", r)
	}
}
