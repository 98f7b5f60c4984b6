-- What the writers do not do themselves: alternative text in Typst, row heads in tables, tables that scroll by themselves on a small screen.
local function quoted(text)
  return '"' .. text:gsub("\\", "\\\\"):gsub('"', '\\"'):gsub("\n", " ") .. '"'
end

local words, counted = {table = "Table", figure = "Figure"}, {table = 0, figure = 0}

local function Meta(meta)
  for kind in pairs(words) do
    words[kind] = meta[kind] and pandoc.utils.stringify(meta[kind]) or words[kind]
  end
  if FORMAT:match("html") then
    meta.title = (pandoc.utils.stringify(meta.title):gsub("%-", "-\u{2060}")) -- no line ends inside a name of two countries
    return meta
  end
end

-- "Table 3." before a caption, a field of Word in DOCX so that an office can renumber; Typst counts by itself.
local function numbered(blocks, kind)
  if FORMAT == "typst" or #blocks == 0 or not blocks[1].content then
    return
  end
  counted[kind] = counted[kind] + 1
  local function field(mark)
    return pandoc.RawInline("openxml", FORMAT == "docx" and "<w:r>" .. mark .. "</w:r>" or "")
  end
  local name = kind == "table" and "Table" or "Figure"
  local before = {
    pandoc.Strong({pandoc.Str(words[kind] .. "\u{a0}")}),
    field('<w:fldChar w:fldCharType="begin"/>'), field('<w:instrText xml:space="preserve"> SEQ ' .. name .. ' \\* ARABIC </w:instrText>'), field('<w:fldChar w:fldCharType="separate"/>'),
    pandoc.Strong({pandoc.Str(tostring(counted[kind]))}),
    field('<w:fldChar w:fldCharType="end"/>'), pandoc.Strong({pandoc.Str(".")}), pandoc.Space(),
  }
  for i = #before, 1, -1 do
    table.insert(blocks[1].content, 1, before[i])
  end
end

local function Image(image)
  local alt = image.attributes.alt or pandoc.utils.stringify(image.caption)
  if FORMAT == "typst" then
    return pandoc.RawInline("typst", "#image(" .. quoted("/" .. image.src) .. ", width: " .. (image.attributes.width or "100%") .. ", alt: " .. quoted(alt) .. ")")
  end
  image.attributes.alt = alt
  return image
end

local function Figure(figure)
  numbered(figure.caption.long, "figure")
  if FORMAT:match("html") then
    figure.attributes.tabindex = "0" -- it scrolls on a small screen, and so must be reached by the keyboard
  end
  return figure
end

local SHORT, BRIEF = 24, 2000 -- rows, characters; a table of no more is not broken over two pages

local function Table(tbl)
  local name = pandoc.utils.stringify(tbl.caption.long)
  numbered(tbl.caption.long, "table")
  if FORMAT == "typst" and #tbl.bodies == 1 and #tbl.bodies[1].body <= SHORT and #pandoc.utils.stringify(tbl) <= BRIEF then
    return {pandoc.RawBlock("typst", "#whole["), tbl, pandoc.RawBlock("typst", "]")}
  end
  if not FORMAT:match("html") then
    return tbl
  end
  for _, body in ipairs(tbl.bodies) do
    body.row_head_columns = 1
  end
  return pandoc.Div({tbl}, pandoc.Attr("", {"scroll"}, {{"tabindex", "0"}, {"role", "region"}, {"aria-label", name}}))
end

-- A number for each heading of the contents, as Typst gives it by itself, and a place to jump to, the same in both languages.
local order = {0, 0}

local function Header(header)
  if header.level <= #order then
    order[header.level] = order[header.level] + 1
    if header.level == 1 then order[2] = 0 end
    header.identifier = "s-" .. order[1] .. (header.level == 2 and "-" .. order[2] or "")
    if FORMAT ~= "typst" then
      header.content:insert(1, pandoc.Str(order[1] .. (header.level == 2 and "." .. order[2] or "")))
      header.content:insert(2, pandoc.Space())
    end
    return header
  end
end

local function openxml(text)
  return pandoc.RawBlock("openxml", text)
end

local function escaped(inlines)
  return (pandoc.utils.stringify(inlines):gsub("[&<>]", {["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;"}))
end

-- Typst: what a table lacks stays on the page of a table that is whole.
local function kept(blocks)
  for i = 1, #blocks - 3 do
    if blocks[i].text == "#whole[" and blocks[i + 3].text == "#limits[" then
      blocks[i].text = "#whole(sticky: true)["
    end
  end
  return blocks
end

-- Word: the sentence of the cover and the contents, a field whose result is there before anyone updates it.
local function Pandoc(doc)
  if FORMAT ~= "docx" then
    doc.blocks = FORMAT == "typst" and kept(doc.blocks) or doc.blocks
    return doc
  end
  local first = '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve">TOC \\o "1-2" \\h \\z \\u</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>'
  local blocks = pandoc.Blocks({pandoc.Para({pandoc.Emph(doc.meta.note)}), pandoc.Div({pandoc.Para(doc.meta.contents)}, {["custom-style"] = "TOC Heading"})})
  for _, block in ipairs(doc.blocks) do
    if block.tag == "Header" and block.level <= #order then
      blocks:insert(openxml('<w:p><w:pPr><w:pStyle w:val="TOC' .. block.level .. '"/></w:pPr>' .. first .. '<w:hyperlink w:anchor="' .. block.identifier ..
        '"><w:r><w:t xml:space="preserve">' .. escaped(block.content) .. "</w:t></w:r></w:hyperlink></w:p>"))
      first = ""
    end
  end
  blocks:insert(openxml('<w:p><w:r><w:fldChar w:fldCharType="end"/></w:r><w:r><w:br w:type="page"/></w:r></w:p>'))
  doc.blocks = blocks .. doc.blocks
  return doc
end

local function Div(div)
  if FORMAT == "typst" and div.classes:includes("limits") then
    return {pandoc.RawBlock("typst", "#limits["), div, pandoc.RawBlock("typst", "]")}
  end
  if FORMAT == "typst" and div.classes:includes("small") then
    return {pandoc.RawBlock("typst", "#small["), div, pandoc.RawBlock("typst", "]")}
  end
end

return {{Meta = Meta}, {Header = Header, Image = Image, Figure = Figure, Table = Table, Div = Div}, {Pandoc = Pandoc}}
