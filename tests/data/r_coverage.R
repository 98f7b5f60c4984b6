# Made once with: Rscript tests/data/r_coverage.R > tests/data/r_coverage.csv
# Log-linear models of capture histories by R's own glm, to check bsi.analysis.loglinear and bsi.analysis.coverage.chapman.
three <- expand.grid(a = c(1, 0), b = c(1, 0), c = c(1, 0))
three <- three[rowSums(three) > 0, ]
three$n <- c(28, 41, 37, 112, 19, 60, 151)   # rows: 111 011 101 001 110 010 100
four <- expand.grid(a = c(1, 0), b = c(1, 0), c = c(1, 0), d = c(1, 0))
four <- four[rowSums(four) > 0, ]
four$n <- c(6, 11, 9, 25, 8, 18, 15, 52, 7, 14, 16, 40, 12, 33, 61)[seq_len(nrow(four))]
show <- function(data, name, formula) {
  fit <- glm(formula, family = poisson, data = data)
  cat(sprintf("%s,%s,%d,%.10f,%.10f\n", name, gsub(" ", "", paste(deparse(formula[[3]]), collapse = "")), length(coef(fit)), exp(coef(fit)[[1]]), deviance(fit)))
}
cat("# R ", as.character(getRversion()), ", glm(formula, family = poisson); call: Rscript tests/data/r_coverage.R\n", sep = "")
cat("# three: ", paste0(apply(three[, 1:3], 1, paste, collapse = ""), "=", three$n, collapse = " "), "\n", sep = "")
cat("# four: ", paste0(apply(four[, 1:4], 1, paste, collapse = ""), "=", four$n, collapse = " "), "\n", sep = "")
cat("# two: 11=20 10=40 01=30, offset log(odds ratio) on 11 after adding 1 to it\n")
cat("table,formula,n_parameters,n_unseen,deviance\n")
for (f in c("n ~ a + b + c", "n ~ a + b + c + a:b", "n ~ a + b + c + a:c", "n ~ a + b + c + b:c", "n ~ a + b + c + a:b + a:c",
            "n ~ a + b + c + a:b + b:c", "n ~ a + b + c + a:c + b:c", "n ~ a + b + c + a:b + a:c + b:c")) show(three, "three", as.formula(f))
for (f in c("n ~ a + b + c + d", "n ~ a + b + c + d + a:b", "n ~ a + b + c + d + a:b + c:d", "n ~ a + b + c + d + a:b + a:c + a:d + b:c")) show(four, "four", as.formula(f))
two <- data.frame(a = c(1, 1, 0), b = c(1, 0, 1), n = c(21, 40, 30))
for (r in c(0.25, 1, 4)) {
  fit <- glm(n ~ a + b, family = poisson, data = two, offset = c(log(r), 0, 0))
  cat(sprintf("two,%g,3,%.10f,%.10f\n", r, exp(coef(fit)[[1]]), vcov(fit)[1, 1]))
}
