// Ctrl+Enter runs the query; after an error the cursor stands where the error is.
const field = document.getElementById("query");

field.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) field.form.requestSubmit();
});

if (field.dataset.line) {
  const lines = field.value.split("\n");
  const before = lines.slice(0, field.dataset.line - 1).reduce((length, line) => length + line.length + 1, 0);
  const position = before + Number(field.dataset.column) - 1;
  field.focus();
  field.setSelectionRange(position, position);
}
