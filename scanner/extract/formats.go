package extract

// formats is the table, in the order in which formats are tried: exact base
// names before languages. Each Match looks at Fragment.Name first, then Lang.
var formats = []Format{}
