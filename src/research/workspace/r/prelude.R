# Runs before the script of a person: makes the data frames, and the function `output` that hands tables out.
local({
  for (frame in list.files("/frames", pattern = "[.]csv$")) {
    name <- sub("[.]csv$", "", frame)
    # One class for each column, as the SQL of the frame has them.
    classes <- strsplit(readLines(file.path("/frames", paste0(name, ".classes"))), ",", fixed = TRUE)[[1]]
    rows <- read.csv(file.path("/frames", frame), colClasses = classes, na.strings = "\x1d", check.names = FALSE,
                     fileEncoding = "UTF-8")
    assign(name, rows, envir = globalenv())
    unlink(file.path("/frames", frame))
  }
})

attach(name = "workspace", list(output = local({
  limits <- as.integer(readLines("/frames/limits"))
  made <- 0L
  text_of <- function(column) {
    text <- gsub("[\x1d-\x1f]", " ", enc2utf8(as.character(column)))
    text[is.na(column)] <- "\x1d"
    text
  }
  function(name, table) {
    if (!is.data.frame(table)) table <- as.data.frame(table)
    if (made >= limits[2]) stop("A script gives out ", limits[2], " tables at most.")
    made <<- made + 1L
    complete <- nrow(table) <= limits[1]
    shown <- if (complete) table else utils::head(table, limits[1])
    kind <- vapply(shown, function(column) if (is.logical(column)) "l" else if (is.numeric(column)) "n" else "c", "")
    cells <- vapply(shown, text_of, character(nrow(shown)))
    dim(cells) <- c(nrow(shown), ncol(shown))
    header <- list(c(text_of(name), if (complete) "1" else "0"), text_of(names(shown)), kind)
    lines <- c(vapply(header, paste, "", collapse = "\x1f"),
               if (nrow(shown) > 0) apply(cells, 1, paste, collapse = "\x1f"))
    writeBin(charToRaw(paste(lines, collapse = "\x1e")), sprintf("/outputs/%03d", made))
    invisible(table)
  }
})))
