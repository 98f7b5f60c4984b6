-- What the writers do not do themselves: alternative text in Typst, row heads in tables, tables that scroll by themselves on a small screen.
local function quoted(text)
  return '"' .. text:gsub("\\", "\\\\"):gsub('"', '\\"'):gsub("\n", " ") .. '"'
end

function Image(image)
  local alt = image.attributes.alt or pandoc.utils.stringify(image.caption)
  if FORMAT == "typst" then
    return pandoc.RawInline("typst", "#image(" .. quoted("/" .. image.src) .. ", width: 100%, alt: " .. quoted(alt) .. ")")
  end
  image.attributes.alt = alt
  return image
end

local SHORT = 16 -- rows; a table of no more is not broken over two pages

function Table(tbl)
  if FORMAT == "typst" and #tbl.bodies == 1 and #tbl.bodies[1].body <= SHORT then
    return {pandoc.RawBlock("typst", "#whole["), tbl, pandoc.RawBlock("typst", "]")}
  end
  if not FORMAT:match("html") then
    return tbl
  end
  for _, body in ipairs(tbl.bodies) do
    body.row_head_columns = 1
  end
  local name = pandoc.utils.stringify(tbl.caption.long)
  return pandoc.Div({tbl}, pandoc.Attr("", {"scroll"}, {{"tabindex", "0"}, {"role", "region"}, {"aria-label", name}}))
end

function Div(div)
  if div.classes:includes("page") then -- what follows begins on a new page
    local breaks = {typst = pandoc.RawBlock("typst", "#pagebreak(weak: true)"), docx = pandoc.RawBlock("openxml", '<w:p><w:r><w:br w:type="page"/></w:r></w:p>')}
    return breaks[FORMAT] or {}
  end
  if FORMAT == "typst" and div.classes:includes("limits") then
    return {pandoc.RawBlock("typst", "#limits["), div, pandoc.RawBlock("typst", "]")}
  end
end
