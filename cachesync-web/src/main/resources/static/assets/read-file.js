// Puts the text of a chosen file into the field that it belongs to: the form sends one of them, whichever way it was filled.
for (const input of document.querySelectorAll('input[type="file"][data-read-into]')) {
  input.hidden = false;
  input.addEventListener('change', async () => {
    const field = document.getElementById(input.dataset.readInto);
    field.value = await input.files[0].text();
    field.dispatchEvent(new Event('input', { bubbles: true }));
    input.value = '';
  });
}
