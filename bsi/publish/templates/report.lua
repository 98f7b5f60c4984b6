-- What the writers do not do themselves: alternative text in Typst, row heads in tables, no figure path outside the folder.
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

function Table(tbl)
  if FORMAT:match("html") then
    for _, body in ipairs(tbl.bodies) do
      body.row_head_columns = 1
    end
  end
  return tbl
end
