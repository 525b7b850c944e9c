"""One workbook to be checked."""

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired


class UploadForm(FlaskForm):
    """One workbook."""

    workbook = FileField("选择 .xlsx 文件", validators=[FileRequired("请先选择文件。")])
